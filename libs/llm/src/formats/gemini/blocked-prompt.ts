import { type JsonObject, objectAt, stringAt } from '../json.ts';
import { type ProviderError, providerError } from '../provider-error.ts';

/** A prompt that the provider's filter refused: it comes with status 200 and without candidates. */
export function blockedPrompt(body: JsonObject): ProviderError | undefined {
  const feedback = objectAt(body, 'promptFeedback');
  const reason = feedback === undefined ? undefined : stringAt(feedback, 'blockReason');
  if (!reason) return undefined;
  return providerError({ class: 'content_filter', code: reason, httpStatus: 200 });
}
