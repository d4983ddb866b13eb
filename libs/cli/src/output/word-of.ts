/** Name of an enum's value as people write it. */
export const wordOf = (words: Readonly<Record<string, number>>, value: number): string =>
  Object.entries(words)
    .find(([, number]) => number === value)?.[0]
    ?.toLowerCase() ?? 'unknown';
