const MAX_TOKEN_LENGTH = 64;
const PLAIN_TOKEN = /^[\w.:[\]/ -]+$/;

/** Beginnings of keys that providers quote in their errors, whole or masked. */
const KEY_BY_PREFIX = /\b(?:sk|gsk|xai|AIza|fw|sy|pk|rk|key|tgp|hf)[-_][\w*.…+/=-]{6,}|\bAIza[\w*.…-]{6,}/g;
const AFTER_BEARER = /\b(bearer|basic|api[-_ ]?key(?: provided)?:?)\s+[\w*.+/=-]{6,}/gi;
const LONG_RUN = /[\w+/=-]{32,}/g;

/** Text with everything taken out that looks like a key, as one line of at most `maxLength` characters. */
export function withoutSecrets(text: string, maxLength: number): string {
  // Bounded before the patterns run over it: a provider decides how long its text is.
  const line = text
    .slice(0, maxLength * 4)
    .replace(/\s+/g, ' ')
    .trim();
  const clean = line
    .replace(AFTER_BEARER, '$1 [redacted]')
    .replace(KEY_BY_PREFIX, '[redacted]')
    .replace(LONG_RUN, '[redacted]');
  return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength - 1)}…`;
}

/** A code or type of error ("rate_limit_exceeded", 429) as text; `undefined` where it is absent or not a plain word. */
export function plainToken(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string' || value === '' || value.length > MAX_TOKEN_LENGTH) return undefined;
  if (!PLAIN_TOKEN.test(value)) return undefined;
  return withoutSecrets(value, MAX_TOKEN_LENGTH) === value ? value : undefined;
}
