import {
  type CompleteRequest,
  type Media,
  ResponseFormat_Kind,
  Role,
  type Sampling,
} from '@switchyard/contracts/routing';
import { unreachable } from '@switchyard/kernel';
import { findUnsupportedByModel } from '../check-traits.ts';
import { findUnsupportedPart, type PartPlace } from '../find-part.ts';
import type { PartContent } from '../parts.ts';
import { findChoiceWithoutTools, isForced } from '../tool-choice.ts';
import type { Unsupported } from '../unsupported.ts';
import type { EncodeInput } from '../wire-format.ts';
import { encodeThinking } from './encode-thinking.ts';

/** Stands for every limit that is set. */
const ANY_LIMIT = 0;

const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

/** The first thing in a request that the Messages API cannot express; the rules are in the README beside this file. */
export function findUnsupportedInMessages(input: EncodeInput): Unsupported | undefined {
  const { request, maxOutputTokens, traits } = input;
  if (maxOutputTokens === undefined) {
    return { field: 'sampling.max_output_tokens', description: 'is required by this format' };
  }
  return (
    findUnsupportedSampling(request.sampling) ??
    findUnsupportedByModel(request.sampling, traits) ??
    findUnsupportedFormat(request) ??
    findChoiceWithoutTools(request) ??
    findUnsupportedThinking(input) ??
    findUnsupportedPart(request, checkPart)
  );
}

/** The output limit, where something must be below it: a reasoning budget, or an effort that stands for one. */
export function limitThatMatters({ request, maxOutputTokens }: EncodeInput): number | undefined {
  const { reasoningEffort = '', reasoningBudgetTokens } = request.sampling ?? {};
  if (reasoningEffort !== '' || reasoningBudgetTokens !== undefined) return maxOutputTokens;
  return maxOutputTokens === undefined ? undefined : ANY_LIMIT;
}

function findUnsupportedSampling(sampling: Sampling | undefined): Unsupported | undefined {
  if (sampling === undefined) return undefined;
  const { temperature = 1, frequencyPenalty = 0, presencePenalty = 0, seed, stop } = sampling;
  const unknown = 'is not known here';
  if (temperature > 1) return { field: 'sampling.temperature', description: 'may be 1 at most here' };
  if (frequencyPenalty !== 0) return { field: 'sampling.frequency_penalty', description: unknown };
  if (presencePenalty !== 0) return { field: 'sampling.presence_penalty', description: unknown };
  if (seed !== undefined) return { field: 'sampling.seed', description: unknown };
  if (!stop.some((text) => text.trim() === '')) return undefined;
  return { field: 'sampling.stop', description: 'may not hold a text of white space only here' };
}

function findUnsupportedFormat({ responseFormat }: CompleteRequest): Unsupported | undefined {
  if (responseFormat?.kind !== ResponseFormat_Kind.JSON_OBJECT) return undefined;
  return {
    field: 'response_format.kind',
    description: 'must be a JSON schema here: there is no plain JSON mode',
  };
}

function findUnsupportedThinking(input: EncodeInput): Unsupported | undefined {
  const encoded = encodeThinking(input);
  if (!encoded.ok) return encoded.error;
  const { type } = encoded.value.thinking ?? {};
  if (type === undefined || type === 'disabled') return undefined;
  const { sampling, toolChoice } = input.request;
  if (isForced(toolChoice?.mode))
    return { field: 'tool_choice', description: 'cannot be forced while reasoning' };
  if (sampling?.topK !== undefined)
    return { field: 'sampling.top_k', description: 'cannot be set while reasoning' };
  if ((sampling?.temperature ?? 1) === 1) return undefined;
  return { field: 'sampling.temperature', description: 'must be 1 or unset while reasoning' };
}

function checkPart(content: PartContent, place: PartPlace): string | undefined {
  const { role, within } = place;
  if (role === Role.TOOL && within === 'message' && content.$case !== 'toolResult') {
    return 'only tool results fit in a tool message';
  }
  switch (content.$case) {
    case 'text':
      return role === Role.USER && content.value === '' && within === 'message'
        ? 'may not be empty here'
        : undefined;
    case 'image':
    case 'audio':
    case 'file':
      return role === Role.USER || within === 'tool_result'
        ? checkMedia(content.$case, content.value)
        : 'only fits in a user message here';
    case 'toolCall':
    case 'reasoning':
    case 'refusal':
      return role === Role.ASSISTANT ? undefined : 'only fits in an assistant message';
    case 'toolResult':
      return isPlaceOfResults(place) ? undefined : 'only fits in a tool or user message';
    default:
      return unreachable(content);
  }
}

const isPlaceOfResults = ({ role, within }: PartPlace): boolean =>
  within === 'message' && (role === Role.TOOL || role === Role.USER);

function checkMedia(kind: 'image' | 'audio' | 'file', { source, mediaType }: Media): string | undefined {
  if (kind === 'audio') return 'is not known here';
  if (source === undefined) return 'has no data, url or file_id';
  if (source.$case !== 'data') return undefined;
  if (kind === 'image')
    return IMAGE_TYPES.includes(mediaType) ? undefined : `must be one of ${IMAGE_TYPES.join(', ')}`;
  if (mediaType === 'application/pdf' || mediaType.startsWith('text/')) return undefined;
  return 'must be application/pdf or a text here';
}
