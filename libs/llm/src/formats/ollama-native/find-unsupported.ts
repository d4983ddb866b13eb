import type { CompleteRequest, Media } from '@switchyard/contracts/routing';
import { checkPlainPart } from '../check-plain-part.ts';
import { findUnsafeSeed } from '../check-seed.ts';
import { findUnsupportedByModel, findUnsupportedEffort } from '../check-traits.ts';
import { findUnsupportedPart, type PartPlace } from '../find-part.ts';
import type { PartContent } from '../parts.ts';
import { findChoiceWithoutTools, isForced } from '../tool-choice.ts';
import type { Unsupported } from '../unsupported.ts';
import type { EncodeInput } from '../wire-format.ts';

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

const checkPart = (content: PartContent, place: PartPlace): string | undefined =>
  checkPlainPart(content, place, checkImage);

function checkImage({ source }: Media): string | undefined {
  if (source === undefined) return 'has no data, url or file_id';
  return source.$case === 'data' ? undefined : 'must be data here';
}
