/** Something that answers chat requests, to be measured. */
export interface Target extends AsyncDisposable {
  readonly name: string;
  /** Process whose CPU time is counted; undefined where there is none between caller and provider. */
  readonly pid: number | undefined;
  /** Makes one request and reads its whole answer. @throws where it is not a success */
  ask(): Promise<void>;
  /**
   * The same, for a longer answer as a stream.
   * @param onPiece told of pieces as they come, and how many
   * @throws where it is not a success
   */
  stream(onPiece: (count: number) => void): Promise<void>;
}

/** What every target is asked. */
export const PROMPT = 'Tell me in a few words what a switchyard is good for. '.repeat(8);
/** Model of the simulator that every target names. */
export const MODEL = 'sim-fast';

/** Tokens of an answer in one piece; the simulator writes so many. */
export const ANSWER_TOKENS = 12;

/** The same request in OpenAI's shape. */
export const CHAT_BODY = JSON.stringify({
  model: MODEL,
  messages: [{ role: 'user', content: PROMPT }],
  max_tokens: ANSWER_TOKENS,
});

/** The same of a streamed answer. */
export const STREAM_TOKENS = 200;

/** The request for a stream in OpenAI's shape. */
export const STREAM_BODY = JSON.stringify({
  model: MODEL,
  messages: [{ role: 'user', content: PROMPT }],
  max_tokens: STREAM_TOKENS,
  stream: true,
});
