import { type CompleteRequest, type Media, Role } from '@switchyard/contracts/routing';
import { unreachable } from '@switchyard/kernel';
import { findUnsafeSeed } from '../check-seed.ts';
import { findUnsupportedByModel, findUnsupportedEffort } from '../check-traits.ts';
import { type Dialect, OPENAI_DIALECT } from '../dialect.ts';
import { findUnsupportedPart, type PartPlace } from '../find-part.ts';
import type { PartContent } from '../parts.ts';
import { findChoiceWithoutTools } from '../tool-choice.ts';
import type { Unsupported } from '../unsupported.ts';
import type { EncodeInput } from '../wire-format.ts';

/** `input_audio.format` by media type. */
export const AUDIO_FORMATS: Readonly<Record<string, 'wav' | 'mp3'>> = {
  'audio/wav': 'wav',
  'audio/wave': 'wav',
  'audio/x-wav': 'wav',
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
};

/** The first thing in a request that Chat Completions cannot express; the rules are in the README beside this file. */
export function findUnsupportedInChat(input: EncodeInput): Unsupported | undefined {
  const { request, dialect = OPENAI_DIALECT, traits } = input;
  return (
    findUnsupportedSetting(request, dialect) ??
    findUnsupportedByModel(request.sampling, traits) ??
    findUnsupportedEffort(input) ??
    findUnsupportedPart(request, checkPart)
  );
}

function findUnsupportedSetting(request: CompleteRequest, dialect: Dialect): Unsupported | undefined {
  const { sampling } = request;
  const aimless = findChoiceWithoutTools(request);
  if (aimless !== undefined || sampling === undefined) return aimless;
  if (sampling.topK !== undefined && dialect.topK === 'unknown') {
    return { field: 'sampling.top_k', description: 'is not known to this provider' };
  }
  if (sampling.reasoningBudgetTokens !== undefined) {
    return {
      field: 'sampling.reasoning_budget_tokens',
      description: 'is not known here; use reasoning_effort',
    };
  }
  if (sampling.frequencyPenalty !== undefined && dialect.penalties === 'unknown') {
    return { field: 'sampling.frequency_penalty', description: 'is not known to this provider' };
  }
  if (sampling.presencePenalty !== undefined && dialect.penalties === 'unknown') {
    return { field: 'sampling.presence_penalty', description: 'is not known to this provider' };
  }
  if (sampling.stop.length > dialect.maxStopTexts) {
    return { field: 'sampling.stop', description: `may hold ${dialect.maxStopTexts} texts at most` };
  }
  return findUnsupportedSeed(sampling.seed, dialect);
}

function findUnsupportedSeed(seed: bigint | undefined, dialect: Dialect): Unsupported | undefined {
  if (seed !== undefined && dialect.seedField === undefined)
    return { field: 'sampling.seed', description: 'is not known to this provider' };
  return findUnsafeSeed(seed);
}

function checkPart(content: PartContent, { role, within }: PartPlace): string | undefined {
  if (within === 'tool_result')
    return content.$case === 'text' ? undefined : 'only text fits in a tool result here';
  if (role === Role.TOOL && content.$case !== 'toolResult') return 'only tool results fit in a tool message';
  switch (content.$case) {
    case 'text':
      return undefined;
    case 'image':
    case 'audio':
    case 'file':
      return role === Role.USER
        ? checkMedia(content.$case, content.value)
        : 'only fits in a user message here';
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

function checkMedia(kind: 'image' | 'audio' | 'file', { source, mediaType }: Media): string | undefined {
  if (source === undefined) return 'has no data, url or file_id';
  switch (kind) {
    case 'image':
      return source.$case === 'fileId' ? 'must be data or a url here, not a file_id' : undefined;
    case 'audio':
      if (source.$case !== 'data') return 'must be data here';
      return mediaType in AUDIO_FORMATS ? undefined : 'must be audio/wav or audio/mpeg here';
    case 'file':
      return source.$case === 'url' ? 'must be data or a file_id here, not a url' : undefined;
    default:
      return unreachable(kind);
  }
}
