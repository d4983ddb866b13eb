import type { CompleteRequest, Media } from '@switchyard/contracts/routing';
import { checkPlainPart } from '../check-plain-part.ts';
import { findUnsafeSeed } from '../check-seed.ts';
import { findUnsupportedByModel } from '../check-traits.ts';
import { findUnsupportedPart, type PartPlace } from '../find-part.ts';
import type { PartContent } from '../parts.ts';
import { findChoiceWithoutTools } from '../tool-choice.ts';
import type { Unsupported } from '../unsupported.ts';
import type { EncodeInput } from '../wire-format.ts';

const MAX_STOP_TEXTS = 5;
const MAX_TOP_K = 500;
const LEAST_TOP_P = 0.01;
const MOST_TOP_P = 0.99;

/** The first thing in a request that /chat cannot express; the rules are in the README beside this file. */
export function findUnsupportedInCohere({ request, traits }: EncodeInput): Unsupported | undefined {
  return (
    findUnsupportedToolUse(request) ??
    findUnsupportedSampling(request) ??
    findUnsupportedByModel(request.sampling, traits) ??
    findUnsupportedPart(request, checkPart)
  );
}

function findUnsupportedToolUse(request: CompleteRequest): Unsupported | undefined {
  const aimless = findChoiceWithoutTools(request);
  if (aimless !== undefined) return aimless;
  if (request.parallelToolCalls === false && request.tools.length > 0)
    return { field: 'parallel_tool_calls', description: 'cannot be turned off here' };
  return undefined;
}

function findUnsupportedSampling({ sampling }: CompleteRequest): Unsupported | undefined {
  if (sampling === undefined) return undefined;
  const { reasoningEffort, stop, topK, topP } = sampling;
  if (reasoningEffort !== '' && reasoningEffort !== 'none')
    return {
      field: 'sampling.reasoning_effort',
      description: 'may only be none here; use reasoning_budget_tokens',
    };
  if (stop.length > MAX_STOP_TEXTS)
    return { field: 'sampling.stop', description: `may hold ${MAX_STOP_TEXTS} texts at most here` };
  if (topK !== undefined && topK > MAX_TOP_K)
    return { field: 'sampling.top_k', description: `may be ${MAX_TOP_K} at most here` };
  if (topP !== undefined && topP !== 1 && (topP < LEAST_TOP_P || topP > MOST_TOP_P))
    return {
      field: 'sampling.top_p',
      description: `must be from ${LEAST_TOP_P} to ${MOST_TOP_P}, or 1, here`,
    };
  return findUnsupportedPenalty(sampling) ?? findUnsafeSeed(sampling.seed);
}

/** Only what is repeated can be held down. */
function findUnsupportedPenalty(sampling: NonNullable<CompleteRequest['sampling']>): Unsupported | undefined {
  const penalties = [
    ['sampling.frequency_penalty', sampling.frequencyPenalty],
    ['sampling.presence_penalty', sampling.presencePenalty],
  ] as const;
  const wrong = penalties.find(([, penalty = 0]) => penalty < 0 || penalty > 1);
  return wrong && { field: wrong[0], description: 'must be from 0 to 1 here' };
}

const checkPart = (content: PartContent, place: PartPlace): string | undefined =>
  checkPlainPart(content, place, checkImage);

function checkImage({ source }: Media): string | undefined {
  if (source === undefined) return 'has no data, url or file_id';
  return source.$case === 'fileId' ? 'must be data or a url here, not a file_id' : undefined;
}
