import type { CompleteResponse, StreamCompleteResponse, StreamStarted } from '@switchyard/contracts/routing';
import { MessageBuilder } from '@switchyard/llm';
import { bytesOfDelta } from './delivered-bytes.ts';

/** About how many bytes a piece of a stream takes in memory. */
export const bytesOfPiece = ({ event }: StreamCompleteResponse): number =>
  64 + (event?.$case === 'delta' ? bytesOfDelta(event.value) : 0);

/** A stream as the whole answer that it tells, as long as that is not too large. */
export class HeardStream {
  readonly #message = new MessageBuilder();
  readonly #maxBytes: number;
  #bytes = 0;
  #started: StreamStarted | undefined;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @returns the answer, with the last piece; undefined before, where it is too large, and where several have given it: no model would */
  add({ event }: StreamCompleteResponse): CompleteResponse | undefined {
    switch (event?.$case) {
      case 'started':
        this.#started = event.value;
        return undefined;
      case 'delta':
        this.#bytes += bytesOfDelta(event.value);
        if (this.#bytes <= this.#maxBytes) this.#message.add(event.value);
        return undefined;
      case 'finished':
        if (event.value.continuedBy.length > 0) return undefined;
        if (this.#started === undefined || this.#bytes > this.#maxBytes) return undefined;
        return { ...this.#started, message: this.#message.message(), ...event.value };
      default:
        return undefined;
    }
  }
}
