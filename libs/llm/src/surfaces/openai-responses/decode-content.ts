import type { Media, Part } from '@switchyard/contracts/routing';
import { type PartContent, refusalPart, textPart } from '../../formats/parts.ts';
import type { FieldReader } from '../field-reader.ts';
import { MAX_MEDIA_CHARACTERS, MAX_URL_CHARACTERS, mediaOfDataUrl } from '../media-data.ts';

/** Longest text in one string: what a request of 32 MiB can hold. */
export const MAX_TEXT_CHARACTERS = 32 * 1024 * 1024;
const MAX_PARTS = 1000;

/** Types of content parts. */
export type PartType = 'input_text' | 'input_image' | 'input_file' | 'output_text' | 'refusal';

/** A `content` or `output`: a string, or parts of the types that may stand there. */
export function decodeContent(item: FieldReader, name: string, types: readonly PartType[]): Part[] {
  const value = item.object[name];
  if (!item.has(name)) return item.refuse(name, 'is required') ?? [];
  if (typeof value === 'string') {
    const text = item.string(name, MAX_TEXT_CHARACTERS);
    return text === undefined ? [] : [textPart(text)];
  }
  if (Array.isArray(value))
    return item.readers(name, MAX_PARTS).flatMap((part) => decodePart(part, types) ?? []);
  item.refuse(name, 'must be a string or a list of parts');
  return [];
}

function decodePart(part: FieldReader, types: readonly PartType[]): Part | undefined {
  const type = part.oneOf('type', types);
  switch (type) {
    case undefined:
      return part.has('type') ? undefined : part.refuse('type', 'is required');
    case 'input_text':
    case 'output_text':
      return textPart(part.string('text', MAX_TEXT_CHARACTERS) ?? '');
    case 'refusal':
      return refusalPart(part.string('refusal', MAX_TEXT_CHARACTERS) ?? '');
    case 'input_image':
      return mediaPart('image', decodeImage(part));
    case 'input_file':
      return mediaPart('file', decodeFile(part));
  }
}

function mediaPart($case: 'image' | 'file', media: Media | undefined): Part | undefined {
  if (media === undefined) return undefined;
  return { content: { $case, value: media } as PartContent, cacheControl: undefined };
}

function decodeImage(part: FieldReader): Media | undefined {
  const detail = part.oneOf('detail', ['auto', 'low', 'high']) ?? '';
  const fileId = part.string('file_id', 256);
  if (fileId) return { source: { $case: 'fileId', value: fileId }, mediaType: '', detail, filename: '' };
  const url = part.requiredString('image_url', MAX_MEDIA_CHARACTERS);
  if (url === '') return undefined;
  if (url.startsWith('data:')) {
    const media = mediaOfDataUrl(url);
    if (media !== undefined) return { ...media, detail };
    return part.refuse('image_url', 'is not a base64 data URL of at most 20 MiB');
  }
  if (!url.startsWith('https://') || url.length > MAX_URL_CHARACTERS)
    return part.refuse('image_url', 'must be an https or data URL');
  return { source: { $case: 'url', value: url }, mediaType: '', detail, filename: '' };
}

function decodeFile(part: FieldReader): Media | undefined {
  const rest = { mediaType: '', detail: '', filename: part.string('filename', 256) ?? '' };
  const fileId = part.string('file_id', 256);
  if (fileId) return { ...rest, source: { $case: 'fileId', value: fileId } };
  const url = part.string('file_url', MAX_URL_CHARACTERS);
  if (url) {
    if (!url.startsWith('https://')) return part.refuse('file_url', 'must be an https URL');
    return { ...rest, source: { $case: 'url', value: url } };
  }
  const media = mediaOfDataUrl(part.requiredString('file_data', MAX_MEDIA_CHARACTERS));
  if (media !== undefined) return { ...media, filename: rest.filename };
  return part.refuse('file_data', 'must be a base64 data URL of at most 20 MiB; or send file_url or file_id');
}
