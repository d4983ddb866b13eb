import { err, type Result, ServiceError } from '@switchyard/kernel';
import type {
  HttpAnswer,
  ProviderError,
  ResponseHeaders,
  Secrets,
  SendableRequest,
  StreamEvent,
  WireFormat,
} from '@switchyard/llm';
import type { ConfiguredProvider } from '../domain/snapshot/offering.ts';
import type { AttemptDeadline } from './attempt-deadline.ts';
import type { AnswerHead, ProviderExchange } from './provider-exchange.ts';
import { ENDED, type ProviderTransport } from './provider-transport.ts';
import { classifyTransportError, isTransportError, type TransportFailure } from './transport-error.ts';
import { withoutKey } from './without-key.ts';

/** One call of a provider, ready to be made. */
export interface PreparedCall {
  readonly transport: ProviderTransport;
  readonly provider: ConfiguredProvider;
  readonly encoded: SendableRequest;
  readonly headers: Readonly<Record<string, string>>;
  /** Parts of the provider's key, which are in the headers or behind them. */
  readonly secrets: Secrets;
  readonly deadline: AttemptDeadline;
  readonly wallNowMs: number;
  /** Told of the head of the answer. */
  readonly onHead: (headers: ResponseHeaders) => void;
}

/** A failed call. */
export interface CallFailure extends TransportFailure {
  /** HTTP status; undefined where none came. */
  readonly status: number | undefined;
}

/** Most bytes of an answer in one piece, and of an error's body. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** Most bytes of a stream: a provider that does not heed the limit of its output is not read for ever. */
const MAX_STREAM_BYTES = 256 * 1024 * 1024;

/** Calls a provider and waits for the whole answer. @param decode what an answer means, given the call's wire format */
export async function callForAnswer<Answer>(
  call: PreparedCall,
  decode: (format: WireFormat, answer: HttpAnswer) => Result<Answer, ProviderError>,
): Promise<Result<Answer, CallFailure>> {
  const way: Way = { reached: false, status: undefined };
  try {
    const answer = await send(call, way);
    const whole = await readWhole(answer, call);
    const decoded = decode(call.provider.format, whole);
    return decoded.ok ? decoded : err(answered(call, decoded.error, answer.status));
  } catch (thrown) {
    return err(brokenOff(thrown, call, way));
  }
}

/** A step of a streamed call: an event of the wire format, or the end by failure. */
export type StreamStep =
  | Exclude<StreamEvent, { kind: 'error' }>
  | { readonly kind: 'failure'; readonly failure: CallFailure };

/** Calls a provider and gives its answer piece by piece. The last step is `finish` or `failure`. Ending the iteration ends the call. */
export async function* callForStream(call: PreparedCall): AsyncGenerator<StreamStep, void, undefined> {
  const { provider, deadline, wallNowMs } = call;
  const way: Way = { reached: false, status: undefined };
  let answer: ProviderAnswer | undefined;
  let finished = false;
  try {
    answer = await send(call, way);
    const { status } = answer;
    if (status >= 400) {
      const error = provider.format.classifyError(await readWhole(answer, call));
      yield { kind: 'failure', failure: answered(call, error, status) };
      return;
    }
    const wrong = provider.format.checkStreamHead(answer);
    if (wrong !== undefined) {
      yield { kind: 'failure', failure: answered(call, wrong, status) };
      return;
    }
    const decoder = provider.format.createStreamDecoder({ wallNowMs });
    let bytes = 0;
    for (;;) {
      const next = answer.body.next();
      const chunk = next instanceof Promise ? await next : next;
      if (chunk === undefined) break;
      deadline.progressed();
      bytes += chunk.length;
      if (bytes > MAX_STREAM_BYTES) throw answerTooLarge(MAX_STREAM_BYTES);
      for (const event of decoder.push(chunk)) {
        finished = event.kind === 'finish';
        yield asStep(call, event, status);
        if (finished || event.kind === 'error') return;
      }
    }
    for (const event of decoder.end()) yield asStep(call, event, status);
  } catch (thrown) {
    yield { kind: 'failure', failure: brokenOff(thrown, call, way) };
  } finally {
    // The connection is kept where only the end of the body is outstanding, else closed at once.
    if (finished) answer?.body.leaveAfterLast(ENDED);
    else answer?.body.end(ENDED);
  }
}

/** The head of an answer, and its body to be read. */
interface ProviderAnswer extends AnswerHead {
  readonly body: ProviderExchange;
}

/** How far a call has come. */
interface Way {
  /** Whether the request began to be written. */
  reached: boolean;
  /** HTTP status; undefined before the head of the answer. */
  status: number | undefined;
}

async function send(
  { transport, provider, encoded, headers, deadline, onHead }: PreparedCall,
  way: Way,
): Promise<ProviderAnswer> {
  const onSending = () => {
    way.reached = true;
  };
  const body = transport.send({ provider, encoded, headers, deadline, onSending });
  const { status, headers: answered } = await body.head;
  way.status = status;
  onHead(answered);
  return { status, headers: answered, body };
}

async function readWhole({ status, headers, body }: ProviderAnswer, call: PreparedCall): Promise<HttpAnswer> {
  const { deadline, transport, provider, wallNowMs } = call;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const next = body.next();
      const isAwaited = next instanceof Promise;
      // Most answers come at once: no clock is set for what does not come later.
      if (isAwaited && bytes > 0) deadline.progressed();
      const chunk = isAwaited ? await next : next;
      if (chunk === undefined) break;
      if (bytes + chunk.length > MAX_BODY_BYTES) throw answerTooLarge(MAX_BODY_BYTES);
      transport.answerBytes.take(provider.tenant, chunk.length);
      bytes += chunk.length;
      chunks.push(chunk);
    }
    const whole = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    return { status, headers, body: whole, wallNowMs };
  } catch (error) {
    body.end(ENDED);
    throw error;
  } finally {
    transport.answerBytes.give(provider.tenant, bytes);
  }
}

const answerTooLarge = (maxBytes: number): ServiceError =>
  new ServiceError({
    reason: 'ANSWER_TOO_LARGE',
    code: 'UNAVAILABLE',
    publicMessage: `the answer is larger than ${maxBytes} bytes`,
  });

/** @throws what is no failure of the provider or of the way to it */
function brokenOff(thrown: unknown, { deadline }: PreparedCall, { reached, status }: Way): CallFailure {
  if (deadline.cause === undefined && !isTransportError(thrown)) throw thrown;
  return { ...classifyTransportError(thrown, { cause: deadline.cause, reached }), status };
}

function asStep(call: PreparedCall, event: StreamEvent, status: number): StreamStep {
  return event.kind === 'error' ? { kind: 'failure', failure: answered(call, event.error, status) } : event;
}

function answered({ secrets }: PreparedCall, error: ProviderError, status: number): CallFailure {
  return { error: withoutKey(error, secrets), reached: true, status };
}
