/** Takes one event of a stream: its type ("message" where its framing has none) and its data. */
export type EventListener = (type: string, data: string) => void;

/** Settings of a framing. */
export interface FramingOptions {
  readonly listener: EventListener;
  /** Longest single event, in bytes. */
  readonly maxEventBytes: number;
}

/** `too_long`: an event exceeds the bound. `corrupt`: a checksum or a length is wrong. After either nothing more is pushed. */
export type FramingResult = 'ok' | 'too_long' | 'corrupt';

/** How bytes are cut into events, whatever those mean: server-sent events, a JSON text in each line, and the like. */
export interface Framing {
  /** Takes the next bytes, cut anywhere. */
  push(chunk: Uint8Array): FramingResult;
}

/** A framing's class. */
export type FramingClass = new (options: FramingOptions) => Framing;

/** Longest single event, in bytes, where nothing else is said: room for a large tool call or encrypted reasoning. */
export const DEFAULT_MAX_EVENT_BYTES = 4 * 1024 * 1024;

/** The same bytes as a Buffer, not copied. */
export function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
