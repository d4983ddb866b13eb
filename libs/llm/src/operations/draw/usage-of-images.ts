import type { GenerateImagesRequest, Usage } from '@switchyard/contracts/routing';

/** Sizes and qualities that prices by the image hold for. */
const DEFAULTS: ReadonlySet<string> = new Set(['', 'auto', 'standard', '1024x1024']);

/** Whether a request asks for a size or a quality that no price by the image is known of. */
export const asksForSize = ({ size, quality }: Pick<GenerateImagesRequest, 'size' | 'quality'>): boolean =>
  !DEFAULTS.has(size) || !DEFAULTS.has(quality);

/** What was used where the provider counts no tokens: images, and nothing else. */
export const usageOfImages = (request: GenerateImagesRequest, outputImages: number): Usage => ({
  inputTokens: 0,
  outputTokens: 0,
  outputImages,
  ...(asksForSize(request) && { sizedOutputImages: outputImages }),
  estimated: false,
});
