/** Where an SDK is pointed at: the address and the key, nothing else. */
export interface Door {
  /** Without `/v1`. */
  readonly url: string;
  readonly apiKey: string;
}

/** A text and what it took, as an SDK tells it. */
export interface SdkText {
  readonly text: string;
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
}

/** What came of a conversation in which a tool was called. */
export interface SdkToolRound {
  readonly toolName: string;
  readonly toolInput: unknown;
  /** The answer to the tool's result. */
  readonly text: string;
}

/** One official SDK, used as its documentation shows it. Failures are its own error classes. */
export interface Sdk {
  readonly name: string;
  /**
   * Where it takes the input's tokens of a stream from. At the start a provider may not have told them yet, and then they
   * are an estimate. Default: the end.
   */
  readonly countsInputAt?: 'start';
  /** Asks for a text in one piece. */
  text(door: Door, model: string): Promise<SdkText>;
  /** Asks for the same as a stream. @returns also how many pieces of text came */
  stream(door: Door, model: string): Promise<SdkText & { readonly pieces: number }>;
  /** Has {@link TOOL} called, and gives its result. */
  toolRound(door: Door, model: string): Promise<SdkToolRound>;
  /** The same with streams. */
  streamedToolRound(door: Door, model: string): Promise<SdkToolRound>;
  /** Asks for an object of {@link SCHEMA}. */
  structured(door: Door, model: string): Promise<unknown>;
  /** Asks about {@link PNG_BASE64}. */
  vision(door: Door, model: string): Promise<SdkText>;
  /** HTTP status of a failure, as the SDK's error tells it. */
  statusOf(error: unknown): number | undefined;
  /** Begins a stream, and leaves it when the signal fires. */
  streamUntil(door: Door, model: string, signal: AbortSignal): Promise<void>;
}

export const QUESTION = 'Hello';
export const TOOL_QUESTION = 'Please call the tool';
export const TOOL_RESULT = '{"sky":"clear"}';

export const TOOL = {
  name: 'read_weather',
  description: 'Tells the weather of a city.',
  parameters: {
    type: 'object' as const,
    properties: { city: { type: 'string' as const } },
    required: ['city'],
    additionalProperties: false as const,
  },
};

export const SCHEMA = {
  type: 'object' as const,
  properties: { name: { type: 'string' as const } },
  required: ['name'],
  additionalProperties: false as const,
};

/** A picture of one grey pixel. */
export const PNG_BASE64 =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==';
