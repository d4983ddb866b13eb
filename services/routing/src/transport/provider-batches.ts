import type { Clock } from '@switchyard/kernel';
import { err, type Result } from '@switchyard/kernel';
import {
  type BatchProtocol,
  type BatchRequest,
  type HttpAnswer,
  type NewProviderBatch,
  type ProviderBatch,
  type ProviderError,
  providerError,
} from '@switchyard/llm';
import type { ConfiguredProvider } from '../domain/snapshot/offering.ts';
import type { ProviderSecrets } from '../ports.ts';
import { AttemptDeadline } from './attempt-deadline.ts';
import { authorizationHeaders } from './authorize-request.ts';
import type { ProviderExchange } from './provider-exchange.ts';
import { ENDED, type ProviderTransport } from './provider-transport.ts';
import { classifyTransportError, isTransportError } from './transport-error.ts';
import { withoutKey } from './without-key.ts';

/** What became of a request about batches. */
export interface RemoteFailure {
  readonly error: ProviderError;
  /** Whether the provider may have done what was asked. */
  readonly mayBeDone: boolean;
}

/** How long a request may take, in milliseconds: a file goes up, or results come down. */
const TOTAL_MS = 15 * 60_000;
/** Most bytes of an answer that is read whole: a page of 100 batches. */
const MAX_BODY_BYTES = 4 * 1024 ** 2;
/** Most bytes of one result. */
const MAX_LINE_BYTES = 16 * 1024 ** 2;
/** What is kept of a larger one: whose it is stands at its beginning. */
const HEAD_BYTES = 4_096;
/** Pages that a batch is looked for in: 100 batches each. */
const MOST_PAGES = 50;

export interface ProviderBatchesOptions {
  readonly transport: ProviderTransport;
  readonly secrets: ProviderSecrets;
  readonly clock: Clock;
}

/** Where, and until when. */
export interface RemoteCall {
  readonly provider: ConfiguredProvider;
  readonly protocol: BatchProtocol;
  /** Fires when nobody wants to know any more. */
  readonly signal: AbortSignal;
}

/** How far a request has come. */
interface Way {
  readonly deadline: AttemptDeadline;
  /** Told once it is being written. */
  readonly way?: { reached: boolean };
}

/** A line of a file of results. */
export interface RemoteLine {
  readonly text: string;
  /** Whether this is all of it; else its beginning: it is larger than 16 MiB. */
  readonly isWhole: boolean;
}

/** Speaks with providers about their batches: with their key, to their address, by the same transport as every call. */
export class ProviderBatchClient {
  readonly #options: ProviderBatchesOptions;

  constructor(options: ProviderBatchesOptions) {
    this.#options = options;
  }

  /** Submits a batch, in one step or two. @param mayMake asked right before it is made */
  async submit(
    batch: NewProviderBatch,
    call: RemoteCall,
    mayMake: () => Promise<boolean>,
  ): Promise<Result<ProviderBatch, RemoteFailure>> {
    const { protocol } = call;
    let fileId = '';
    if (protocol.upload !== undefined) {
      const uploaded = await this.#ask(protocol.upload.encode(batch), protocol.upload.decode, call);
      // A file by itself costs nothing, and does nothing.
      if (!uploaded.ok) return err({ ...uploaded.error, mayBeDone: false });
      fileId = uploaded.value;
    }
    if (!(await mayMake())) return err({ error: NOT_OURS, mayBeDone: false });
    return this.#ask(protocol.create(batch, fileId), protocol.decodeBatch, call);
  }

  get(id: string, call: RemoteCall): Promise<Result<ProviderBatch, RemoteFailure>> {
    return this.#ask(call.protocol.get(id), call.protocol.decodeBatch, call);
  }

  cancel(id: string, call: RemoteCall): Promise<Result<ProviderBatch, RemoteFailure>> {
    return this.#ask(call.protocol.cancel(id), call.protocol.decodeBatch, call);
  }

  /** The key's batches that are not older than a moment, the newest first. */
  async since(
    createdAtMs: number,
    call: RemoteCall,
  ): Promise<Result<readonly ProviderBatch[], RemoteFailure>> {
    const { protocol } = call;
    const found: ProviderBatch[] = [];
    let after: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const listed = await this.#ask(protocol.list(after), protocol.decodeList, call);
      if (!listed.ok) return listed;
      const { batches } = listed.value;
      found.push(...batches.filter((batch) => batch.createdAtMs >= createdAtMs));
      after = listed.value.after;
      if (after === undefined || batches.some((batch) => batch.createdAtMs < createdAtMs)) break;
    }
    return { ok: true, value: found };
  }

  /** Lines of a file of results. @throws RemoteError where they cannot be had now */
  async *lines(request: BatchRequest, call: RemoteCall): AsyncGenerator<RemoteLine, void, undefined> {
    const deadline = deadlineOf(call);
    let exchange: ProviderExchange | undefined;
    try {
      exchange = await this.#send(request, { ...call, deadline });
      const { status, headers } = await exchange.head;
      if (status !== 200) {
        const answer = {
          status,
          headers,
          body: await wholeOf(exchange),
          wallNowMs: this.#options.clock.wallMs(),
        };
        throw new RemoteError(call.provider.format.classifyError(answer).detail);
      }
      yield* linesOf(exchange);
    } catch (thrown) {
      if (thrown instanceof RemoteError) throw thrown;
      if (deadline.cause === undefined && !isTransportError(thrown)) throw thrown;
      throw new RemoteError(
        classifyTransportError(thrown, { cause: deadline.cause, reached: true }).error.detail,
      );
    } finally {
      deadline.stop();
      exchange?.end(ENDED);
    }
  }

  async #ask<T>(
    request: BatchRequest,
    decode: (answer: HttpAnswer) => Result<T, ProviderError>,
    call: RemoteCall,
  ): Promise<Result<T, RemoteFailure>> {
    const deadline = deadlineOf(call);
    const { clock, secrets } = this.#options;
    const way = { reached: false };
    try {
      const exchange = await this.#send(request, { ...call, deadline, way });
      const { status, headers } = await exchange.head;
      const body = await wholeOf(exchange);
      const decoded = decode({ status, headers, body, wallNowMs: clock.wallMs() });
      if (decoded.ok) return decoded;
      // What is refused was not done; anything else is not known.
      const key = await secrets.get(call.provider);
      const error = key === undefined ? decoded.error : withoutKey(decoded.error, key.secrets);
      return err({ error, mayBeDone: status < 400 || status >= 500 });
    } catch (thrown) {
      if (thrown instanceof RemoteError) return err({ error: thrown.error, mayBeDone: false });
      if (deadline.cause === undefined && !isTransportError(thrown)) throw thrown;
      const { error } = classifyTransportError(thrown, { cause: deadline.cause, reached: way.reached });
      return err({ error, mayBeDone: way.reached });
    } finally {
      deadline.stop();
    }
  }

  /** @throws RemoteError where there is no key, and what the transport throws */
  async #send(
    { method, ...encoded }: BatchRequest,
    { provider, deadline, way = { reached: false } }: Pick<RemoteCall, 'provider'> & Way,
  ): Promise<ProviderExchange> {
    const { transport, secrets, clock } = this.#options;
    const key = await secrets.get(provider);
    if (key === undefined) throw new RemoteError('its secret cannot be had now');
    const headers = authorizationHeaders(key, { address: provider.address, encoded, wallMs: clock.wallMs() });
    const onSending = () => {
      way.reached = true;
    };
    return transport.send({ provider, method, encoded, headers, deadline, onSending });
  }
}

/** A provider does not tell now. */
export class RemoteError extends Error {
  readonly error: ProviderError;

  constructor(detail: string) {
    super(detail);
    this.error = providerError({ class: 'connection', detail });
  }
}

const NOT_OURS = providerError({ class: 'cancelled', detail: 'another process may have the batch' });

const deadlineOf = ({ provider, signal }: RemoteCall): AttemptDeadline =>
  new AttemptDeadline({
    limits: { ...provider.limits, totalMs: TOTAL_MS },
    answer: 'whole',
    signal,
    remainingMs: undefined,
  });

async function wholeOf(exchange: ProviderExchange): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    const chunk = await exchange.next();
    if (chunk === undefined) return Buffer.concat(chunks);
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      exchange.end(ENDED);
      throw new RemoteError(`the answer is larger than ${MAX_BODY_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
}

const NEWLINE = 0x0a;

async function* linesOf(exchange: ProviderExchange): AsyncGenerator<RemoteLine, void, undefined> {
  let line = new LineParts();
  for (;;) {
    const chunk = await exchange.next();
    if (chunk === undefined) break;
    let start = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, start)) {
      line.add(chunk.subarray(start, at));
      yield line.end();
      line = new LineParts();
      start = at + 1;
    }
    line.add(chunk.subarray(start));
  }
  if (!line.isEmpty) yield line.end();
}

/** A line that is being read: of one that is too large the beginning is kept. */
class LineParts {
  #parts: Buffer[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  add(part: Buffer): void {
    if (part.length === 0) return;
    const isWhole = this.#bytes <= MAX_LINE_BYTES;
    this.#bytes += part.length;
    if (!isWhole) return;
    if (this.#bytes <= MAX_LINE_BYTES) this.#parts.push(part);
    else this.#parts = [Buffer.from(Buffer.concat([...this.#parts, part]).subarray(0, HEAD_BYTES))];
  }

  end(): RemoteLine {
    return { text: Buffer.concat(this.#parts).toString('utf8'), isWhole: this.#bytes <= MAX_LINE_BYTES };
  }
}
