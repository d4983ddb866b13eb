import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_MAX_EVENT_BYTES } from './framing.ts';
import { SseParser } from './sse.ts';

function parse(chunks: readonly Uint8Array[], maxEventBytes = DEFAULT_MAX_EVENT_BYTES) {
  const events: [type: string, data: string][] = [];
  const parser = new SseParser({ listener: (type, data) => events.push([type, data]), maxEventBytes });
  const outcomes = chunks.map((chunk) => parser.push(chunk));
  return { events, outcomes };
}

const eventsOf = (text: string) => parse([Buffer.from(text)]).events;

test.each([
  ['an event of one line', 'data: a\n\n', [['message', 'a']]],
  ['a typed event', 'event: ping\ndata: {}\n\n', [['ping', '{}']]],
  ['a type that comes after the data', 'data: {}\nevent: ping\n\n', [['ping', '{}']]],
  ['CRLF', 'event: x\r\ndata: a\r\n\r\n', [['x', 'a']]],
  ['CR alone', 'event: x\rdata: a\r\r', [['x', 'a']]],
  ['several lines of data', 'data: a\ndata: b\ndata\ndata:\n\n', [['message', 'a\nb\n\n']]],
  [
    'one space after the colon is dropped, no more',
    'data:a\n\ndata:  b\n\n',
    [
      ['message', 'a'],
      ['message', ' b'],
    ],
  ],
  [
    'comments and unknown fields',
    ': hi\n\nid: 7\nretry: 9\ndatax: no\ndat: no\ndata: a\n: hi\n\n',
    [['message', 'a']],
  ],
  ['a type without data is no event, and does not last', 'event: x\n\ndata: a\n\n', [['message', 'a']]],
  ['a byte order mark', '\ufeffdata: a\n\n', [['message', 'a']]],
  ['an event without its empty line is none', 'data: a\n\ndata: b\n', [['message', 'a']]],
  ['nothing', '', []],
])('%s', (_, text, expected) => {
  expect(eventsOf(text)).toEqual(expected);
});

test('however the bytes are sliced, the same events come out', () => {
  const line = fc.oneof(
    fc.constantFrom('', '', 'data', 'data:', 'event: x', ': comment', 'event:', 'id: 1'),
    fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}`),
  );
  const stream = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 30 });
  fc.assert(
    fc.property(stream, fc.infiniteStream(fc.nat(5)), (lines, sizes) => {
      const bytes = Buffer.from(lines.map(([text, end]) => text + end).join(''));
      const chunks: Buffer[] = [];
      for (let at = 0; at < bytes.length; ) {
        const size = sizes.next().value ?? 1;
        // The chunk's memory is given up afterwards, as a socket's is.
        chunks.push(Buffer.from(bytes.subarray(at, at + size)));
        at += size;
      }
      expect(parse(chunks).events).toEqual(parse([bytes]).events);
    }),
  );
});

test('a chunk whose memory is used again after the push does no harm', () => {
  const events: string[] = [];
  const parser = new SseParser({ listener: (_, data) => events.push(data), maxEventBytes: 100 });
  const memory = Buffer.alloc(4);
  for (const piece of ['data', ': he', 'llo\n', '\n   ']) {
    memory.write(piece);
    parser.push(memory);
    memory.fill(0);
  }
  expect(events).toEqual(['hello']);
});

test('an event longer than the bound is told also where one chunk holds all of it', () => {
  const { events, outcomes } = parse([Buffer.from(`data: ${'x'.repeat(200)}\n\ndata: a\n\n`)], 100);
  expect({ events, outcomes }).toEqual({ events: [], outcomes: ['too_long'] });
});

test.each([
  ['one endless line', ['data: ', 'x'.repeat(60), 'x'.repeat(60)]],
  ['many lines of one event', Array.from({ length: 30 }, () => 'data: xx\n')],
])('an event longer than the bound is told at once: %s', (_, pieces) => {
  const { outcomes } = parse(
    pieces.map((piece) => Buffer.from(piece)),
    100,
  );
  expect(outcomes).toContain('too_long');
  const ended = parse(
    pieces.map((piece) => Buffer.from(`${piece}\n\n`)),
    100,
  );
  expect(ended.outcomes).not.toContain('too_long');
});
