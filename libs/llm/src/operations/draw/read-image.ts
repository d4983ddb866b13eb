import type { GeneratedImage } from '@switchyard/contracts/routing';

/** First bytes of what images are written as, in hex. */
const MAGIC: readonly (readonly [string, string])[] = [
  ['89504e47', 'image/png'],
  ['ffd8ff', 'image/jpeg'],
  ['52494646', 'image/webp'],
  ['47494638', 'image/gif'],
];

/** An image in base64; `undefined` where there is none. @param mediaType as the provider says it; '' to look at the bytes */
export function imageOfBase64(
  text: unknown,
  { mediaType, revisedPrompt }: Pick<GeneratedImage, 'mediaType' | 'revisedPrompt'>,
): GeneratedImage | undefined {
  const value = typeof text === 'string' ? Buffer.from(text, 'base64') : undefined;
  if (value === undefined || value.length === 0) return undefined;
  const head = value.subarray(0, 4).toString('hex');
  const seen = MAGIC.find(([magic]) => head.startsWith(magic))?.[1] ?? '';
  return { source: { $case: 'data', value }, mediaType: mediaType || seen, revisedPrompt };
}
