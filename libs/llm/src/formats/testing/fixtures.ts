import { readFileSync } from 'node:fs';
import type { HttpAnswer } from '../http-message.ts';
import { MessageBuilder } from '../message-builder.ts';
import type { StreamDecoder, StreamEvent } from '../wire-format.ts';

/** 2026-10-21T07:28:00Z: half a minute before the Retry-After date in the fixtures. */
export const WALL_NOW_MS = Date.UTC(2026, 9, 21, 7, 28, 0);

/** Reads files of a format's `fixtures/`. */
export const fixturesOf = (format: string) => {
  const read = (name: string) => readFileSync(new URL(`../${format}/fixtures/${name}`, import.meta.url));
  return { bytes: read, json: (name: string) => JSON.parse(read(name).toString('utf8')) };
};

/** An answer with this body; a text is sent as it is, all else as JSON. */
export function answer({
  body,
  status = 200,
  headers = {},
}: {
  readonly body: unknown;
  readonly status?: number;
  readonly headers?: Record<string, string>;
}): HttpAnswer {
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: bytes,
    wallNowMs: WALL_NOW_MS,
  };
}

/** All events of a stream whose bytes come in pieces of the given sizes, in turn; default: all at once. */
export function decodeStream(
  decoder: StreamDecoder,
  bytes: Buffer,
  sizes: readonly number[] = [],
): StreamEvent[] {
  const events: StreamEvent[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes.length === 0 ? bytes.length : Math.max(1, sizes[turn % sizes.length] ?? 1);
    events.push(...decoder.push(Buffer.from(bytes.subarray(at, at + size))));
    at += size;
  }
  return [...events, ...decoder.end()];
}

/** The message that the deltas make. */
export function messageOf(events: readonly StreamEvent[]) {
  const builder = new MessageBuilder();
  for (const event of events) if (event.kind === 'delta') builder.add(event.delta);
  return builder.message();
}

/** Neighbouring deltas of the same kind put together, so that a test can list them. */
export function summary(events: readonly StreamEvent[]): string[] {
  return events.map((event) => {
    if (event.kind !== 'delta') return event.kind === 'error' ? `error ${event.error.class}` : event.kind;
    const content = event.delta.content;
    return `${content?.$case} ${typeof content?.value === 'string' ? content.value : JSON.stringify(content?.value)}`;
  });
}
