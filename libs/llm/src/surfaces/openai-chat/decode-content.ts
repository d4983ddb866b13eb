import type { CacheControl, Part } from '@switchyard/contracts/routing';
import { type PartContent, refusalPart, textPart } from '../../formats/parts.ts';
import type { FieldReader } from '../field-reader.ts';
import { decodeAudio, decodeFile, decodeImage } from './decode-media.ts';

/** Longest text in one string: what a message of 32 MiB can hold. */
export const MAX_TEXT_CHARACTERS = 32 * 1024 * 1024;
const MAX_PARTS = 1000;

/** Types of content parts. */
export type PartType = 'text' | 'refusal' | 'image_url' | 'input_audio' | 'file';

/** The `content` of a message: a string, or parts of the types that its role may have. */
export function decodeContent(message: FieldReader, types: readonly PartType[]): Part[] {
  const { content } = message.object;
  if (!message.has('content')) return [];
  if (typeof content === 'string') {
    const text = message.string('content', MAX_TEXT_CHARACTERS);
    return text === undefined || text === '' ? [] : [textPart(text)];
  }
  if (Array.isArray(content)) {
    return message.readers('content', MAX_PARTS).flatMap((part) => decodePart(part, types) ?? []);
  }
  message.refuse('content', 'must be a string or a list of parts');
  return [];
}

function decodePart(part: FieldReader, types: readonly PartType[]): Part | undefined {
  const type = part.oneOf('type', types);
  if (type === undefined) return part.has('type') ? undefined : part.refuse('type', 'is required');
  const decoded = decodePartOf(type, part);
  const cacheControl = decodeCacheControl(part);
  return decoded === undefined || cacheControl === undefined ? decoded : { ...decoded, cacheControl };
}

function decodePartOf(type: PartType, part: FieldReader): Part | undefined {
  if (type === 'text') return textPart(part.string('text', MAX_TEXT_CHARACTERS) ?? '');
  if (type === 'refusal') return refusalPart(part.string('refusal', MAX_TEXT_CHARACTERS) ?? '');
  const media =
    type === 'image_url' ? decodeImage(part) : type === 'file' ? decodeFile(part) : decodeAudio(part);
  if (media === undefined) return undefined;
  const $case = ({ image_url: 'image', file: 'file', input_audio: 'audio' } as const)[type];
  return { content: { $case, value: media } as PartContent, cacheControl: undefined };
}

/** Marks for prompt caches: Anthropic's `cache_control` as OpenRouter takes it, and OpenAI's breakpoint. */
function decodeCacheControl(part: FieldReader): CacheControl | undefined {
  if (part.has('prompt_cache_breakpoint')) return { ttlSeconds: 0 };
  const mark = part.reader('cache_control');
  if (mark === undefined) return undefined;
  mark.oneOf('type', ['ephemeral']);
  return { ttlSeconds: mark.oneOf('ttl', ['5m', '1h']) === '1h' ? 3600 : 0 };
}
