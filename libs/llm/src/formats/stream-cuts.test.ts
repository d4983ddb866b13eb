import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeStream, fixturesOf, WALL_NOW_MS } from './testing/fixtures.ts';
import type { WireFormatId } from './wire-format.ts';
import { findWireFormat } from './wire-formats.ts';

/** Streams of formats, and how many of their last bytes come after the format's own end. */
const STREAMS: readonly (readonly [format: WireFormatId, file: string, afterEnd: number])[] = [
  ['openai-responses', 'text-stream.sse', 1],
  ['openai-responses', 'reasoning-stream.sse', 1],
  ['azure-openai', 'stream.sse', 1],
  ['ollama-native', 'text-stream.ndjson', 0],
  ['ollama-native', 'tool-call-stream.ndjson', 0],
  ['cohere-v2', 'text-stream.sse', 'data: [DONE]\n\n'.length + 1],
  ['cohere-v2', 'tool-call-stream.sse', 'data: [DONE]\n\n'.length + 1],
  ['cohere-v2', 'reasoning-stream.sse', 'data: [DONE]\n\n'.length + 1],
];

const decode = (format: WireFormatId, bytes: Buffer, sizes?: readonly number[]) => {
  const decoder = findWireFormat(format)?.createStreamDecoder({ wallNowMs: WALL_NOW_MS });
  if (decoder === undefined) throw new TypeError(`there is no format ${format}`);
  return decodeStream(decoder, bytes, sizes);
};

test.each(STREAMS)('%s, %s: however the bytes are sliced, the same events come out', (format, file) => {
  const bytes = fixturesOf(format).bytes(file);
  const whole = decode(format, bytes);
  expect(whole.at(-1)?.kind).toBe('finish');
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }), (sizes) => {
      expect(decode(format, bytes, sizes)).toEqual(whole);
    }),
    { numRuns: 50 },
  );
});

test.each(STREAMS)(
  '%s, %s: cut after any byte before its end, it is never a success',
  (format, file, after) => {
    const bytes = fixturesOf(format).bytes(file);
    for (let length = 0; length < bytes.length - after; length += 1) {
      const events = decode(format, bytes.subarray(0, length));
      expect(events.at(-1)).toMatchObject({ kind: 'error', error: { class: 'broken_stream' } });
      expect(events.filter(({ kind }) => kind === 'finish')).toEqual([]);
    }
  },
);
