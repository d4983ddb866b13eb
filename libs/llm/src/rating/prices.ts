/**
 * Prices of one offering, in nano-USD per million units. Absent means unknown. Same fields as `OfferingPrice` and
 * `RatedPrices` of the contracts, so either can be passed.
 */
export interface Prices {
  /** Per million input tokens. */
  readonly input?: bigint | undefined;
  /** Per million output tokens. */
  readonly output?: bigint | undefined;
  /** Per million input tokens read from the provider's prompt cache. */
  readonly cacheRead?: bigint | undefined;
  /** Per million input tokens written to the provider's prompt cache, for the default time to live. */
  readonly cacheWrite?: bigint | undefined;
  /** Per million input tokens written with a time to live of one hour. */
  readonly cacheWrite1h?: bigint | undefined;
  /** Per million output tokens of reasoning; absent means the output price. */
  readonly reasoning?: bigint | undefined;
  /** Per million input tokens of audio. */
  readonly inputAudio?: bigint | undefined;
  /** Per million output tokens of audio. */
  readonly outputAudio?: bigint | undefined;
  /** Per million requests; absent means that requests are not charged as such. */
  readonly request?: bigint | undefined;
}

/** All kinds of prices. */
export const PRICE_KINDS = [
  'input',
  'output',
  'cacheRead',
  'cacheWrite',
  'cacheWrite1h',
  'reasoning',
  'inputAudio',
  'outputAudio',
  'request',
] as const satisfies readonly (keyof Prices)[];

/** The prices of something that has them among other fields; the unknown ones by name too, as messages have them. */
export const pricesOf = (priced: Prices): Record<keyof Prices, bigint | undefined> => ({
  input: priced.input,
  output: priced.output,
  cacheRead: priced.cacheRead,
  cacheWrite: priced.cacheWrite,
  cacheWrite1h: priced.cacheWrite1h,
  reasoning: priced.reasoning,
  inputAudio: priced.inputAudio,
  outputAudio: priced.outputAudio,
  request: priced.request,
});
