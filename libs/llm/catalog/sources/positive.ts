/** A whole number above zero; sources write 0 for what they do not know. */
export function positive(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;
}
