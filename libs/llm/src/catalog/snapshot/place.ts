/** Where a value stands in a snapshot. It becomes a text only in a message: most are never looked at. */
export interface Place {
  readonly parent: Place | undefined;
  /** Name of a field, or index in a list. */
  readonly key: string | number;
}

/** "snapshot.offerings.openai[3]" */
export function describePlace({ parent, key }: Place): string {
  if (parent === undefined) return String(key);
  return `${describePlace(parent)}${typeof key === 'number' ? `[${key}]` : `.${key}`}`;
}
