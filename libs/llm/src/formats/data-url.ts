/** Bytes as a data URL (RFC 2397). */
export function dataUrl(data: Buffer, mediaType: string): string {
  return `data:${mediaType};base64,${data.toString('base64')}`;
}
