import type { GenerateImagesRequest } from '@switchyard/contracts/routing';
import { asksForSize, estimateTextTokens } from '@switchyard/llm';
import type { Check } from '../request/validate-requirements.ts';
import { checkText } from './check-text.ts';
import type { OperationRules } from './operation-rules.ts';

const MAX_PROMPT_BYTES = 64 * 1024;
const MAX_IMAGES = 10;
const SIZE = /^(?:auto|[1-9]\d{1,4}x[1-9]\d{1,4})$/;
const QUALITY = /^[a-z]{1,16}$/;
/** What a provider may add to a prompt. */
const MOST_EXTRA_TOKENS = 1_024;

/** Images, to be made. */
export const draw: OperationRules<'draw'> = {
  validate: checkDraw,
  capabilitiesOf: () => ['image_generation'],
  sizeOf: (request) => {
    const { prompt, count = 1 } = request;
    const bytes = Buffer.byteLength(prompt);
    const estimatedInputTokens = estimateTextTokens(bytes);
    return {
      estimatedInputTokens,
      inputTokenBound: bytes + MOST_EXTRA_TOKENS,
      estimatedContextTokens: estimatedInputTokens,
      contexts: 1,
      // Of models that are charged by tokens nobody says how many an image takes.
      maxOutputTokens: undefined,
      untoldOutput: 'unknown',
      units: [
        asksForSize(request)
          ? { unit: 'outputImage', expected: undefined, most: Number.POSITIVE_INFINITY }
          : { unit: 'outputImage', expected: count, most: count },
      ],
    };
  },
};

function checkDraw({ prompt, count, size, quality }: GenerateImagesRequest, check: Check): void {
  checkText(prompt, { field: 'prompt', maxBytes: MAX_PROMPT_BYTES }, check);
  check(
    count === undefined || (count >= 1 && count <= MAX_IMAGES),
    'count',
    `must be from 1 to ${MAX_IMAGES}`,
  );
  check(size === '' || SIZE.test(size), 'size', 'must be "auto", or width and height in pixels: "1024x1024"');
  check(quality === '' || QUALITY.test(quality), 'quality', 'must be a word of up to 16 letters');
}
