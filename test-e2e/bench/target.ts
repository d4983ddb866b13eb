/** Something that answers chat requests, to be measured. */
export interface Target extends AsyncDisposable {
  readonly name: string;
  /** Process whose CPU time is counted; undefined where there is none between caller and provider. */
  readonly pid: number | undefined;
  /** Makes one request and reads its whole answer. @throws where it is not a success */
  ask(): Promise<void>;
}

/** What every target is asked. */
export const PROMPT = 'Tell me in a few words what a switchyard is good for. '.repeat(8);
/** Model of the simulator that every target names. */
export const MODEL = 'sim-fast';

/** The same request in OpenAI's shape. */
export const CHAT_BODY = JSON.stringify({
  model: MODEL,
  messages: [{ role: 'user', content: PROMPT }],
  max_tokens: 64,
});
