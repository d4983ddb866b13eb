import type { Check } from '../request/validate-requirements.ts';

/** Checks that a text has at least one character, and at most so many bytes. */
export function checkText(
  text: string,
  { field, maxBytes }: { readonly field: string; readonly maxBytes: number },
  check: Check,
): void {
  // A character has one to three bytes for each of its units.
  const fits = text.length <= maxBytes / 3 || Buffer.byteLength(text) <= maxBytes;
  check(text.length > 0 && fits, field, `must have 1 character to ${maxBytes} bytes`);
}
