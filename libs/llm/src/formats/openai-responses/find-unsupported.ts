import { type CompleteRequest, type Media, Role } from '@switchyard/contracts/routing';
import { unreachable } from '@switchyard/kernel';
import { findUnsupportedByModel, findUnsupportedEffort } from '../check-traits.ts';
import { findUnsupportedPart, type PartPlace } from '../find-part.ts';
import type { PartContent } from '../parts.ts';
import { findChoiceWithoutTools } from '../tool-choice.ts';
import type { Unsupported } from '../unsupported.ts';
import type { EncodeInput } from '../wire-format.ts';

/** The API answers a smaller limit with an error. */
const MIN_OUTPUT_TOKENS = 16;

/** The first thing in a request that the Responses API cannot express; the rules are in the README beside this file. */
export function findUnsupportedInResponses(input: EncodeInput): Unsupported | undefined {
  const { request, traits, maxOutputTokens } = input;
  if (maxOutputTokens !== undefined && maxOutputTokens < MIN_OUTPUT_TOKENS) {
    return {
      field: 'sampling.max_output_tokens',
      description: `must be ${MIN_OUTPUT_TOKENS} at least here`,
    };
  }
  return (
    findChoiceWithoutTools(request) ??
    findUnsupportedSampling(request) ??
    findUnsupportedByModel(request.sampling, traits) ??
    findUnsupportedEffort(input) ??
    findUnsupportedPart(request, checkPart)
  );
}

/** Whether the output limit is too small. */
export const limitThatMatters = ({ maxOutputTokens }: EncodeInput): number | undefined =>
  maxOutputTokens !== undefined && maxOutputTokens < MIN_OUTPUT_TOKENS ? 0 : undefined;

function findUnsupportedSampling({ sampling }: CompleteRequest): Unsupported | undefined {
  if (sampling === undefined) return undefined;
  const { frequencyPenalty = 0, presencePenalty = 0 } = sampling;
  const unknown = (field: string) => ({ field: `sampling.${field}`, description: 'is not known here' });
  if (sampling.topK !== undefined) return unknown('top_k');
  if (sampling.stop.length > 0) return unknown('stop');
  if (frequencyPenalty !== 0) return unknown('frequency_penalty');
  if (presencePenalty !== 0) return unknown('presence_penalty');
  if (sampling.seed !== undefined) return unknown('seed');
  if (sampling.reasoningBudgetTokens === undefined) return undefined;
  return {
    field: 'sampling.reasoning_budget_tokens',
    description: 'is not known here; use reasoning_effort',
  };
}

function checkPart(content: PartContent, { role, within }: PartPlace): string | undefined {
  if (role === Role.TOOL && within === 'message' && content.$case !== 'toolResult')
    return 'only tool results fit in a tool message';
  switch (content.$case) {
    case 'text':
      return undefined;
    case 'audio':
      return 'is not known here';
    case 'image':
    case 'file':
      return role === Role.USER || within === 'tool_result'
        ? checkMedia(content.value)
        : 'only fits in a user message here';
    case 'toolCall':
    case 'reasoning':
    case 'refusal':
      return role === Role.ASSISTANT ? undefined : 'only fits in an assistant message';
    case 'toolResult':
      return within === 'message' && (role === Role.TOOL || role === Role.USER)
        ? undefined
        : 'only fits in a tool or user message';
    default:
      return unreachable(content);
  }
}

const checkMedia = ({ source }: Media): string | undefined =>
  source === undefined ? 'has no data, url or file_id' : undefined;
