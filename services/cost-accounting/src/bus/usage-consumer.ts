import type { Logger, PartState } from '@switchyard/service-kit';
import type { UsageMessages } from '../ports.ts';
import type { UsageIntake } from './usage-intake.ts';

export interface UsageConsumerOptions {
  readonly log: Logger;
  readonly intake: UsageIntake;
  readonly isConnected: () => boolean;
  /** Begins to consume; makes stream and consumer where they are missing. */
  readonly open: () => Promise<UsageMessages>;
}

const RETRY_MS = 500;

/** Consumes the usage stream. Stream and consumer are made again when they are missing, at the start or in the middle. */
export class UsageConsumer {
  readonly #options: UsageConsumerOptions;
  #messages: UsageMessages | undefined;
  #stopped = false;
  #state: PartState = { ok: false, detail: 'not consuming yet' };
  readonly #running: Promise<void>;

  constructor(options: UsageConsumerOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** Whether usage is being taken in. */
  get state(): PartState {
    return this.#options.isConnected() ? this.#state : { ok: false, detail: 'the bus is not connected' };
  }

  /** Takes no more messages; what was received is committed first. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#messages?.stop();
    await this.#running;
    await this.#options.intake.drain();
  }

  async #run(): Promise<void> {
    const { isConnected, log } = this.#options;
    while (!this.#stopped) {
      try {
        if (isConnected()) await this.#consume();
      } catch (error) {
        this.#state = { ok: false, detail: 'the usage stream or its consumer is missing; making it again' };
        log.warn({ err: error }, 'consuming usage was interrupted; starting again');
      }
      if (!this.#stopped) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  /** Consumes until told to stop, or until stream or consumer are gone. */
  async #consume(): Promise<void> {
    const { open, intake } = this.#options;
    const messages = await open();
    this.#messages = messages;
    if (this.#stopped) messages.stop();
    this.#state = { ok: true, detail: 'consuming' };
    for await (const message of messages) await intake.take(message);
  }
}
