import { type CompleteRequest, type Media, Role } from '@switchyard/contracts/routing';
import { unreachable } from '@switchyard/kernel';
import { findUnsafeSeed } from '../check-seed.ts';
import { findUnsupportedByModel, findUnsupportedEffort } from '../check-traits.ts';
import { findUnsupportedPart, type PartPlace } from '../find-part.ts';
import type { PartContent } from '../parts.ts';
import { findChoiceWithoutTools, isForced } from '../tool-choice.ts';
import type { EncodeInput, Unsupported } from '../wire-format.ts';

/** The first thing in a request that /api/chat cannot express; the rules are in the README beside this file. */
export function findUnsupportedInOllama(input: EncodeInput): Unsupported | undefined {
  const { request, traits } = input;
  return (
    findUnsupportedToolUse(request) ??
    findUnsupportedSampling(request) ??
    findUnsupportedByModel(request.sampling, traits) ??
    findUnsupportedEffort(input) ??
    findUnsupportedPart(request, checkPart)
  );
}

function findUnsupportedToolUse(request: CompleteRequest): Unsupported | undefined {
  const { tools, toolChoice, parallelToolCalls } = request;
  const aimless = findChoiceWithoutTools(request);
  if (aimless !== undefined) return aimless;
  if (isForced(toolChoice?.mode)) return { field: 'tool_choice', description: 'cannot be forced here' };
  if (parallelToolCalls === false && tools.length > 0)
    return { field: 'parallel_tool_calls', description: 'cannot be turned off here' };
  return undefined;
}

function findUnsupportedSampling({ sampling }: CompleteRequest): Unsupported | undefined {
  if (sampling?.reasoningBudgetTokens !== undefined) {
    return {
      field: 'sampling.reasoning_budget_tokens',
      description: 'is not known here; use reasoning_effort',
    };
  }
  return findUnsafeSeed(sampling?.seed);
}

function checkPart(content: PartContent, { role, within }: PartPlace): string | undefined {
  if (within === 'tool_result')
    return content.$case === 'text' ? undefined : 'only text fits in a tool result here';
  if (role === Role.TOOL && content.$case !== 'toolResult') return 'only tool results fit in a tool message';
  switch (content.$case) {
    case 'text':
      return undefined;
    case 'image':
      return role === Role.USER ? checkImage(content.value) : 'only fits in a user message here';
    case 'audio':
    case 'file':
      return 'is not known here';
    case 'toolCall':
    case 'reasoning':
    case 'refusal':
      return role === Role.ASSISTANT ? undefined : 'only fits in an assistant message';
    case 'toolResult':
      return role === Role.TOOL || role === Role.USER ? undefined : 'only fits in a tool or user message';
    default:
      return unreachable(content);
  }
}

function checkImage({ source }: Media): string | undefined {
  if (source === undefined) return 'has no data, url or file_id';
  return source.$case === 'data' ? undefined : 'must be data here';
}
