import { DEFAULT_MAX_EVENT_BYTES, type Framing, type FramingClass } from './framing.ts';
import { isObject, type JsonObject, parseJson } from './json.ts';
import { invalidResponse, type ProviderError, providerError } from './provider-error.ts';
import { SseParser } from './sse.ts';
import type { StreamDecoder, StreamDecoderOptions, StreamEvent } from './wire-format.ts';

/**
 * What the decoders of event streams share: bounds, and the promise that exactly one `finish` or `error` comes, as the last
 * event. The framing cuts the bytes into events; a format says what its events mean.
 */
export abstract class EventStreamDecoder implements StreamDecoder {
  readonly #framing: Framing;
  #events: StreamEvent[] = [];
  #ended = false;

  constructor(
    { maxEventBytes = DEFAULT_MAX_EVENT_BYTES }: StreamDecoderOptions,
    framing: FramingClass = SseParser,
  ) {
    this.#framing = new framing({
      maxEventBytes,
      listener: (type, data) => {
        if (!this.#ended) this.takeEvent(type, data);
      },
    });
  }

  /** Takes one event of the stream. */
  protected abstract takeEvent(type: string, data: string): void;

  /** The bytes ended before the format had ended the answer. */
  protected abstract takeEnd(): void;

  push(chunk: Uint8Array): StreamEvent[] {
    if (this.#ended) return [];
    switch (this.#framing.push(chunk)) {
      case 'too_long':
        this.fail(invalidResponse('an event of the stream is too long', 200));
        break;
      case 'corrupt':
        this.fail(providerError({ class: 'broken_stream', detail: 'the bytes of the stream are damaged' }));
        break;
      case 'ok':
        break;
    }
    return this.#taken();
  }

  end(): StreamEvent[] {
    if (!this.#ended) this.takeEnd();
    return this.#taken();
  }

  /** Whether `finish` or `error` has come. */
  protected get ended(): boolean {
    return this.#ended;
  }

  protected emit(event: StreamEvent): void {
    if (this.#ended) return;
    this.#ended = event.kind === 'finish' || event.kind === 'error';
    this.#events.push(event);
  }

  protected fail(error: ProviderError): void {
    this.emit({ kind: 'error', error });
  }

  /** The stream stopped before its end. */
  protected breakOff(): void {
    this.fail(providerError({ class: 'broken_stream', detail: 'the stream stopped before its end' }));
  }

  /** The JSON object that the data must be; fails the stream and gives `undefined` where it is none. */
  protected parse(data: string): JsonObject | undefined {
    const value = parseJson(data);
    if (isObject(value)) return value;
    this.fail(invalidResponse('an event of the stream is not a JSON object', 200));
    return undefined;
  }

  #taken(): StreamEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
