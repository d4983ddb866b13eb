/** A value of the `switchyard` object that came by a header. */
export interface HeaderValue {
  readonly header: string;
  /** Where it goes in the object. */
  readonly path: readonly [string] | readonly [string, string];
  readonly value: unknown;
}
