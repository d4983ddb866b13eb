import { createInbox, type Msg, type NatsConnection, type Subscription } from 'nats';

/** Where messages are pulled from, and how many at once. */
export interface NatsPullOptions {
  readonly connection: NatsConnection;
  readonly stream: string;
  readonly consumer: string;
  /** Most messages of one pull; twice as many may be held here. */
  readonly maxMessages: number;
  /** How long the server holds a pull open, in milliseconds. */
  readonly expiresMs: number;
}

/** How long after its end a pull that the server has forgotten is given up. */
const LOST_MS = 1_000;

/**
 * Messages of a pull consumer, one after another. Iterating throws when the consumer or its stream is gone.
 *
 * Why not the client's own `consume` and `fetch`: both end by dropping their subscription, and what the server has sent
 * by then is lost until its acknowledgement is overdue (seen: after a stop under load, the rest came 15 s later). Here
 * every pull is seen to its end on one subscription.
 * Protocol: https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-13.md
 */
export class NatsPull implements AsyncIterable<Msg> {
  readonly #options: NatsPullOptions;
  readonly #inbox = createInbox();
  readonly #subscription: Subscription;
  #queue: Msg[] = [];
  #pulls = 0;
  /** Messages that the pull under way may still bring; 0: none is under way. */
  #expected = 0;
  #lost: NodeJS.Timeout | undefined;
  #stopped = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(options: NatsPullOptions) {
    this.#options = options;
    this.#subscription = options.connection.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error !== null) this.#fail(error);
        else this.#receive(message);
      },
    });
  }

  /** No more are asked for; the pull under way ends by itself, and what it brings still comes. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Msg> {
    try {
      while (true) {
        const message = this.#queue.shift();
        if (this.#queue.length < this.#options.maxMessages) this.#pullIfIdle();
        if (message !== undefined) yield message;
        else if (this.#failure !== undefined) throw this.#failure;
        else if (this.#stopped && this.#expected === 0) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      clearTimeout(this.#lost);
      this.#subscription.unsubscribe();
    }
  }

  #pullIfIdle(): void {
    if (this.#stopped || this.#expected > 0 || this.#failure !== undefined) return;
    const { connection, stream, consumer, maxMessages, expiresMs } = this.#options;
    this.#expected = maxMessages;
    this.#pulls++;
    const request = JSON.stringify({ batch: maxMessages, expires: expiresMs * 1_000_000 });
    const reply = `${this.#inbox}.${this.#pulls}`;
    connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, request, { reply });
    this.#lost = setTimeout(() => this.#pullEnded(), expiresMs + LOST_MS);
  }

  #receive(message: Msg): void {
    if (message.headers?.code && message.subject.startsWith(this.#inbox)) {
      this.#receiveStatus(message.headers, message.subject);
      return;
    }
    this.#queue.push(message);
    if (this.#expected > 0 && --this.#expected === 0) this.#pullEnded();
    this.#wake?.();
  }

  #receiveStatus({ code, description }: { code: number; description: string }, subject: string): void {
    // 503: nobody answers for this consumer. 409 has many reasons; only this one says that it is gone.
    if (code === 503 || (code === 409 && /deleted/i.test(description))) {
      this.#fail(new Error(`pulling messages failed: ${code} ${description}`));
      // A status below 200 is a sign of life; an earlier pull's is too late to matter.
    } else if (code >= 400 && subject === `${this.#inbox}.${this.#pulls}`) this.#pullEnded();
  }

  #pullEnded(): void {
    clearTimeout(this.#lost);
    this.#expected = 0;
    this.#wake?.();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#pullEnded();
  }
}
