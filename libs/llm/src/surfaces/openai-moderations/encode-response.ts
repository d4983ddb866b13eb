import type { ModerateResponse, ModerationCategory, ModerationResult } from '@switchyard/contracts/routing';
import { encodeExtension } from '../switchyard/encode-extension.ts';

/** The body of an answer of `POST /v1/moderations`. */
export function encodeModerationsResponse(response: ModerateResponse): object {
  return {
    id: `modr-${response.requestId}`,
    model: response.providerModel || response.route?.model,
    results: response.results.map(encodeResult),
    switchyard: encodeExtension(response),
  };
}

const encodeResult = ({ flagged, categories }: ModerationResult): object => ({
  flagged,
  categories: byName(categories, (category) => category.flagged),
  category_scores: byName(categories, ({ score }) => score),
  category_applied_input_types: byName(categories, ({ inputTypes }) => inputTypes),
});

const byName = (
  categories: readonly ModerationCategory[],
  read: (category: ModerationCategory) => unknown,
): object => Object.fromEntries(categories.map((category) => [category.name, read(category)]));
