import type { Media } from '@switchyard/contracts/routing';
import type { FieldReader } from '../field-reader.ts';
import { bytesOfBase64, MAX_MEDIA_CHARACTERS, MAX_URL_CHARACTERS } from '../media-data.ts';

const TYPES = { image: ['base64', 'url', 'file'], document: ['base64', 'url', 'file', 'text'] } as const;

/** The `source` of a picture or a document. */
export function decodeSource(block: FieldReader, kind: 'image' | 'document'): Media | undefined {
  const source = block.reader('source');
  if (source === undefined) return block.has('source') ? undefined : block.refuse('source', 'is required');
  const type = source.oneOf<'base64' | 'url' | 'file' | 'text'>('type', TYPES[kind]);
  if (type === undefined) return source.has('type') ? undefined : source.refuse('type', 'is required');
  const filename = kind === 'document' ? (block.string('title', 256) ?? '') : '';
  const rest = { mediaType: '', detail: '', filename };
  switch (type) {
    case 'url': {
      const url = source.requiredString('url', MAX_URL_CHARACTERS);
      if (url !== '' && !url.startsWith('https://')) return source.refuse('url', 'must be an https URL');
      return { ...rest, source: { $case: 'url', value: url } };
    }
    case 'file':
      return { ...rest, source: { $case: 'fileId', value: source.requiredString('file_id', 256) } };
    case 'text': {
      const data = Buffer.from(source.requiredString('data', MAX_MEDIA_CHARACTERS));
      return { ...rest, mediaType: 'text/plain', source: { $case: 'data', value: data } };
    }
    case 'base64': {
      const mediaType = source.requiredString('media_type', 128);
      const data = bytesOfBase64(source.requiredString('data', MAX_MEDIA_CHARACTERS));
      if (data === undefined) return source.refuse('data', 'must be base64 of at most 20 MiB');
      return { ...rest, mediaType, source: { $case: 'data', value: data } };
    }
  }
}
