import type { Media } from '@switchyard/contracts/routing';

/** Bytes in the request, or a file that the provider fetches. `detail` and `filename` have no place on the wire. */
export function encodeMedia({ source, mediaType }: Media): object {
  if (source?.$case === 'data') {
    return { inlineData: { mimeType: mediaType, data: source.value.toString('base64') } };
  }
  return { fileData: { mimeType: mediaType === '' ? undefined : mediaType, fileUri: source?.value } };
}
