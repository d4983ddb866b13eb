/** What is asked for, in no API's words. */
export interface Ask {
  readonly text: string;
  readonly system?: string;
  /** Base64 of a PNG. */
  readonly image?: string;
  readonly tools?: readonly { readonly name: string; readonly schema: object }[];
  readonly schema?: object;
  readonly maxTokens?: number;
  readonly stop?: string;
  readonly effort?: 'low' | 'medium' | 'high';
  readonly temperature?: number;
  readonly seed?: number;
  /** What the assistant refused before, in an earlier turn. */
  readonly refused?: string;
  /** Log probabilities of the answer's tokens. */
  readonly logprobs?: true;
}

/** What a caller got, in no API's words. */
export interface Seen {
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: unknown }[];
  /** How the API says why the answer ended. */
  readonly finish: string;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  /** Part of the input that the provider read from its cache; 0 where the API's answer tells none. */
  readonly cachedTokens: number;
  /** Signatures and encrypted reasoning, in their order. */
  readonly proofs: readonly string[];
}

/** JSON of which a row reads what it knows. */
// biome-ignore lint/suspicious/noExplicitAny: the answers of five APIs are read, and what is missing fails the test
export type Json = any;

/** One API by which callers ask: a row of the table. */
export interface SurfaceRow {
  readonly name: string;
  readonly path: string;
  /** Names of finish reasons. */
  readonly finishes: { readonly stop: string; readonly length: string; readonly tools: string };
  /** Fields of {@link Ask} that the API cannot say, with the reason. */
  readonly cannot: Partial<Record<keyof Ask, string>>;
  /** Where the API has a field of an {@link Ask}, for refusals. */
  readonly fields: Partial<Record<keyof Ask, string>>;
  /** The body. */
  write(model: string, ask: Ask): Json;
  /** The body that goes on after tools were called: the answer as it came, and a result of each call. */
  goOn(body: Json, answer: Json, seen: Seen): Json;
  /** The body of the same as a stream. */
  streamed(body: Json): Json;
  read(answer: Json): Seen;
  /** The answer in one piece that the events of a stream amount to. */
  collect(events: readonly Json[]): Json;
}

export const RESULT = 'calm';
