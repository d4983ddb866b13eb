import type { ProviderError, Secrets } from '@switchyard/llm';

const REPLACEMENT = '[redacted]';
/** Shorter keys, such as those that local servers take, are no secrets, and would tear holes into every text. */
const MIN_LENGTH = 4;

/**
 * An error without the parts of the key that the call was made with. Providers quote them, and the patterns of the wire
 * formats know only keys of well-known shapes; here the very values are known.
 */
export function withoutKey(error: ProviderError, parts: Secrets): ProviderError {
  const secrets = parts.filter((part) => part.length >= MIN_LENGTH);
  if (secrets.length === 0) return error;
  const clean = (text: string) => secrets.reduce((cut, part) => cut.replaceAll(part, REPLACEMENT), text);
  const { detail, messageForCaller, providerCode } = error;
  return {
    ...error,
    detail: clean(detail),
    messageForCaller: messageForCaller === undefined ? undefined : clean(messageForCaller),
    providerCode: providerCode === undefined ? undefined : clean(providerCode),
  };
}
