import { basicToken, type Credential } from './credential.ts';

/** What stands in the place of a secret. */
export const REDACTED = '[redacted]';

/** Shorter texts are no secrets, and would tear holes into every answer. */
const MIN_LENGTH = 4;

/**
 * The texts by which a credential could come back from the system it was sent to: itself, its base64 form, and both
 * percent-encoded. Longest first, so that a part is not replaced inside the whole.
 */
export function secretForms(credential: Credential): readonly string[] {
  const plain = plainForms(credential);
  const forms = new Set([...plain, ...plain.map(encodeURIComponent)]);
  return [...forms].filter(({ length }) => length >= MIN_LENGTH).sort((a, b) => b.length - a.length);
}

function plainForms(credential: Credential): string[] {
  switch (credential.kind) {
    case 'none':
      return [];
    case 'basic':
      return [`${credential.user}:${credential.password}`, credential.password, basicToken(credential)];
    case 'bearer':
      return [credential.token];
    case 'api_key':
      return [credential.key];
  }
}

/** Replaces every form in a text. */
export function redactText(text: string, forms: readonly string[]): string {
  let redacted = text;
  for (const form of forms) if (redacted.includes(form)) redacted = redacted.replaceAll(form, REDACTED);
  return redacted;
}

/** As {@link redactText}, and a form that the end of a cut text has begun. */
export function redactCutText(text: string, forms: readonly string[]): string {
  const redacted = redactText(text, forms);
  for (const form of forms) {
    for (let length = Math.min(form.length - 1, redacted.length); length >= MIN_LENGTH; length--) {
      if (redacted.endsWith(form.slice(0, length))) return `${redacted.slice(0, -length)}${REDACTED}`;
    }
  }
  return redacted;
}

/** Replaces every form in the strings and names of a JSON value of bounded depth: escapes hide nothing there. */
export function redactJson(value: unknown, forms: readonly string[]): unknown {
  if (forms.length === 0) return value;
  if (typeof value === 'string') return redactText(value, forms);
  if (Array.isArray(value)) return value.map((item) => redactJson(item, forms));
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [redactText(name, forms), redactJson(item, forms)]),
  );
}

const isRawNumber = (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON;

/** Replaces every form in bytes. */
export function redactBytes(bytes: Buffer, forms: readonly string[]): Buffer {
  if (forms.length === 0) return bytes;
  // latin1 maps each byte to one character, so that a text search finds bytes.
  const byteForms = forms.map((form) => Buffer.from(form, 'utf8').toString('latin1'));
  const text = bytes.toString('latin1');
  const redacted = redactText(text, byteForms);
  return redacted === text ? bytes : Buffer.from(redacted, 'latin1');
}
