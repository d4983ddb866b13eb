import type { Media } from '@switchyard/contracts/routing';
import type { FieldReader } from '../field-reader.ts';
import { bytesOfBase64, MAX_MEDIA_CHARACTERS, MAX_URL_CHARACTERS, mediaOfDataUrl } from '../media-data.ts';

/** Part `image_url`. */
export function decodeImage(part: FieldReader): Media | undefined {
  const image = part.reader('image_url');
  if (image === undefined) return part.has('image_url') ? undefined : part.refuse('image_url', 'is required');
  const detail = image.oneOf('detail', ['auto', 'low', 'high']) ?? '';
  const url = image.requiredString('url', MAX_MEDIA_CHARACTERS);
  if (url === '') return undefined;
  if (url.startsWith('data:')) {
    const media = mediaOfDataUrl(url);
    return media === undefined
      ? image.refuse('url', 'is not a base64 data URL of at most 20 MiB')
      : { ...media, detail };
  }
  if (!url.startsWith('https://') || url.length > MAX_URL_CHARACTERS) {
    return image.refuse('url', 'must be an https or data URL');
  }
  return { source: { $case: 'url', value: url }, mediaType: '', detail, filename: '' };
}

/** Part `input_audio`. */
export function decodeAudio(part: FieldReader): Media | undefined {
  const audio = part.reader('input_audio');
  if (audio === undefined)
    return part.has('input_audio') ? undefined : part.refuse('input_audio', 'is required');
  const format = audio.oneOf('format', ['wav', 'mp3']);
  if (format === undefined && !audio.has('format')) audio.refuse('format', 'is required');
  const text = audio.requiredString('data', MAX_MEDIA_CHARACTERS);
  const data = text === '' ? undefined : bytesOfBase64(text);
  if (text !== '' && data === undefined) return audio.refuse('data', 'is not base64 of at most 20 MiB');
  if (data === undefined || format === undefined) return undefined;
  return {
    source: { $case: 'data', value: data },
    mediaType: format === 'wav' ? 'audio/wav' : 'audio/mpeg',
    detail: '',
    filename: '',
  };
}

/** Part `file`. */
export function decodeFile(part: FieldReader): Media | undefined {
  const file = part.reader('file');
  if (file === undefined) return part.has('file') ? undefined : part.refuse('file', 'is required');
  const filename = file.string('filename', 256) ?? '';
  const fileId = file.string('file_id', 256);
  if (fileId) return { source: { $case: 'fileId', value: fileId }, mediaType: '', detail: '', filename };
  const text = file.requiredString('file_data', MAX_MEDIA_CHARACTERS);
  if (text === '') return undefined;
  const media = mediaOfDataUrl(text);
  return media === undefined
    ? file.refuse('file_data', 'is not a base64 data URL of at most 20 MiB')
    : { ...media, filename };
}
