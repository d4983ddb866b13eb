/** A key that is none, though it looks like one: another last character. */
export const wrongKey = (apiKey: string): string =>
  `${apiKey.slice(0, -1)}${apiKey.endsWith('x') ? 'y' : 'x'}`;
