import type { ProviderError } from '@switchyard/llm';

const REPLACEMENT = '[redacted]';
/** Shorter keys, such as those that local servers take, are no secrets, and would tear holes into every text. */
const MIN_LENGTH = 4;

/**
 * An error without the key that the call was made with. Providers quote it, and the patterns of the wire formats know only
 * keys of well-known shapes; here the very value is known.
 *
 * @param key '' where the call was made without one
 */
export function withoutKey(error: ProviderError, key: string): ProviderError {
  if (key.length < MIN_LENGTH) return error;
  const clean = (text: string) => text.replaceAll(key, REPLACEMENT);
  const { detail, messageForCaller, providerCode } = error;
  return {
    ...error,
    detail: clean(detail),
    messageForCaller: messageForCaller === undefined ? undefined : clean(messageForCaller),
    providerCode: providerCode === undefined ? undefined : clean(providerCode),
  };
}
