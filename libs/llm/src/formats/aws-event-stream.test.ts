import { expect, test } from 'vitest';
import { AwsEventStreamParser } from './aws-event-stream.ts';
import { awsEvent, awsException, awsMessage } from './testing/aws-message.ts';

/** What a parser tells of bytes that come in pieces of the same size, and how it ends. */
function parse(bytes: Buffer, { size = bytes.length, maxEventBytes = 1_024 } = {}) {
  const events: [string, string][] = [];
  const parser = new AwsEventStreamParser({
    listener: (type, data) => events.push([type, data]),
    maxEventBytes,
  });
  let result = 'ok';
  for (let at = 0; at < bytes.length && result === 'ok'; at += size) {
    const piece = Buffer.from(bytes.subarray(at, at + size));
    result = parser.push(piece);
    // The caller may use its memory again.
    piece.fill(0);
  }
  return { events, result };
}

/**
 * The message of the format's description with the header `content-type: application/json` and the payload `{'foo':'bar'}`.
 * Source: https://github.com/awslabs/aws-c-event-stream, tests/message_deserializer_test.c
 */
const PUBLISHED = Buffer.from(
  '0000003d0000002007fd8396' +
    '0c636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e' +
    '7b27666f6f273a27626172277d8d9c08b1',
  'hex',
);

test('the published message is whole; without a type it is no event', () => {
  expect(parse(PUBLISHED)).toEqual({ events: [], result: 'ok' });
  expect(parse(Buffer.concat([PUBLISHED, awsEvent('a', {})])).events).toEqual([['a', '{}']]);
});

const STREAM = Buffer.concat([
  awsEvent('messageStart', { role: 'assistant' }),
  PUBLISHED,
  awsEvent('contentBlockDelta', { delta: { text: 'Zoë' } }),
  awsException('throttlingException', 'slow down'),
  awsMessage({
    headers: { ':message-type': 'error', ':error-code': 'InternalError', ':error-message': 'oh' },
  }),
]);
const EVENTS = [
  ['messageStart', '{"role":"assistant"}'],
  ['contentBlockDelta', '{"delta":{"text":"Zoë"}}'],
  ['exception:throttlingException', '{"message":"slow down"}'],
  ['exception:InternalError', '{"message":"oh"}'],
];

test('the same events come out of pieces of every size', () => {
  for (let size = 1; size <= STREAM.length; size += 1)
    expect(parse(STREAM, { size })).toEqual({ events: EVENTS, result: 'ok' });
});

test('headers of every type are read over', () => {
  const rawHeaders = Buffer.concat(
    [
      [0],
      [1],
      [2, 9],
      [3, 0, 9],
      [4, 0, 0, 0, 9],
      [5, ...Array(8).fill(9)],
      [6, 0, 2, 9, 9],
      [8, ...Array(8).fill(9)],
      [9, ...Array(16).fill(9)],
    ].map((value) => Buffer.from([1, 0x78, ...value])),
  );
  const message = awsMessage({ headers: { ':message-type': 'event', ':event-type': 'a' }, rawHeaders });
  expect(parse(message).events).toEqual([['a', '']]);
});

test('a byte that was changed anywhere is found, and no later event is told', () => {
  const first = awsEvent('contentBlockDelta', { delta: { text: 'Hello' } });
  for (let at = 0; at < first.length; at += 1) {
    const damaged = Buffer.concat([first, awsEvent('messageStop', {})]);
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    const { events, result } = parse(damaged, { maxEventBytes: 1_000_000 });
    expect([at, events, result]).toEqual([at, [], 'corrupt']);
  }
});

test('headers that do not fill their place are damage, whatever the checksums say', () => {
  expect(parse(awsMessage({ headers: {}, rawHeaders: Buffer.from([9, 0x78]) })).result).toBe('corrupt');
  expect(parse(awsMessage({ headers: {}, rawHeaders: Buffer.from([1, 0x78, 42]) })).result).toBe('corrupt');
  expect(parse(awsMessage({ headers: {}, rawHeaders: Buffer.from([1, 0x78, 7, 0, 9]) })).result).toBe(
    'corrupt',
  );
});

test('a message over the bound is refused by its first bytes', () => {
  const long = awsEvent('contentBlockDelta', { delta: { text: 'x'.repeat(2_000) } });
  expect(parse(long.subarray(0, 12)).result).toBe('too_long');
  expect(parse(long.subarray(0, 12), { maxEventBytes: long.length }).result).toBe('ok');
});
