import { FinishReason } from '@switchyard/contracts/routing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { awsEvent, awsException } from '../testing/aws-message.ts';
import { decodeStream, fixturesOf, messageOf, summary, WALL_NOW_MS } from '../testing/fixtures.ts';
import { bedrockConverse } from './bedrock-converse.ts';

type Events = readonly (readonly [type: string, payload: object])[];

const STREAMS: Readonly<Record<'text' | 'tool-use' | 'reasoning', Events>> =
  fixturesOf('bedrock-converse').json('streams.json');
const framed = (events: Events): Buffer => Buffer.concat(events.map(([type, data]) => awsEvent(type, data)));
const decode = (bytes: Buffer, sizes?: number[]) =>
  decodeStream(bedrockConverse.createStreamDecoder({ wallNowMs: WALL_NOW_MS }), bytes, sizes);

test('a streamed text', () => {
  const events = decode(framed(STREAMS.text));
  expect(summary(events)).toEqual(['text Hel', 'text lo, Zoë', 'usage', 'finish']);
  expect(events.at(-1)).toMatchObject({
    finishReason: FinishReason.STOP,
    usage: { inputTokens: 125, outputTokens: 60 },
  });
});

test('streamed tool calls, one of them without arguments', () => {
  const events = decode(framed(STREAMS['tool-use']));
  expect(messageOf(events).parts.map(({ content }) => content)).toEqual([
    { $case: 'text', value: "I'll look." },
    { $case: 'toolCall', value: { id: 'tooluse_1', name: 'top_song', argumentsJson: '{"sign": "WZPZ"}' } },
    { $case: 'toolCall', value: { id: 'tooluse_2', name: 'clock', argumentsJson: '' } },
  ]);
  expect(events.at(-1)).toMatchObject({ finishReason: FinishReason.TOOL_CALLS });
});

test('streamed reasoning with its signature, and what was redacted', () => {
  const events = decode(framed(STREAMS.reasoning));
  expect(messageOf(events).parts.map(({ content }) => content)).toMatchObject([
    { value: { text: "Three r's.", signature: 'bedrock-converse:EqoBCkgI' } },
    { value: { redactedData: 'bedrock-converse:cmVk' } },
    { value: 'Three.' },
  ]);
  expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 5_011, cacheReadTokens: 5_000 } });
});

test('the same answer comes out of every cut', () => {
  for (const events of Object.values(STREAMS)) {
    const bytes = framed(events);
    const whole = decode(bytes);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (sizes) => {
        expect(decode(bytes, sizes)).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  }
});

test('a stream that ends anywhere before its last event is broken, and has one end', () => {
  const bytes = framed(STREAMS['tool-use']);
  for (let length = 0; length < bytes.length; length += 1) {
    const events = decode(bytes.subarray(0, length));
    expect(events.at(-1)).toMatchObject({ kind: 'error', error: { class: 'broken_stream' } });
    expect(events.filter(({ kind }) => kind === 'finish' || kind === 'error')).toHaveLength(1);
  }
});

test('metadata without usage ends a whole answer of unknown usage; before messageStop it ends none', () => {
  const told = [...STREAMS.text.slice(0, 5), ['metadata', { metrics: { latencyMs: 1 } }]] as const;
  expect(decode(framed(told)).at(-1)).toEqual({
    kind: 'finish',
    finishReason: FinishReason.STOP,
    usage: undefined,
    providerModel: '',
  });
  const early = [...STREAMS.text.slice(0, 4), STREAMS.text[5] as (typeof STREAMS.text)[number]];
  expect(decode(framed(early)).at(-1)).toMatchObject({ error: { class: 'broken_stream' } });
});

test('a damaged byte breaks the stream: what came before stands', () => {
  const bytes = framed(STREAMS.text);
  const damaged = Buffer.from(bytes);
  damaged[framed(STREAMS.text.slice(0, 2)).length + 40] = 0;
  const events = decode(damaged);
  expect(summary(events)).toEqual(['text Hel', 'error broken_stream']);
});

test.each([
  ['throttlingException', 'rate_limited'],
  ['validationException', 'invalid_request'],
  ['modelStreamErrorException', 'server_error'],
  ['internalServerException', 'server_error'],
  ['serviceUnavailableException', 'overloaded'],
  ['modelTimeoutException', 'timeout'],
  ['somethingNewException', 'server_error'],
])('%s in the stream', (type, expected) => {
  const bytes = Buffer.concat([
    framed(STREAMS.text.slice(0, 2)),
    awsException(type, 'no'),
    framed(STREAMS.text),
  ]);
  const events = decode(bytes);
  expect(summary(events)).toEqual(['text Hel', `error ${expected}`]);
  expect(events.at(-1)).toMatchObject({ error: { providerCode: type, messageForCaller: 'no' } });
});

test.each<[string, Events]>([
  ['a call without a name', [['contentBlockStart', { start: { toolUse: { toolUseId: 'a' } } }]]],
  ['a delta that is missing', [['contentBlockDelta', { contentBlockIndex: 0 }]]],
  ['a stop without a reason', [['messageStop', {}]]],
  ['a malformed call', [['messageStop', { stopReason: 'malformed_tool_use' }]]],
])('%s is an invalid answer', (_name, events) => {
  expect(decode(framed(events)).at(-1)).toMatchObject({ error: { class: 'invalid_response' } });
});

test('events of other types are skipped', () => {
  const events = decode(Buffer.concat([awsEvent('somethingNew', {}), framed(STREAMS.text)]));
  expect(events.at(-1)).toMatchObject({ kind: 'finish' });
});

test.each([
  [200, 'text/event-stream'],
  [200, 'application/json'],
  [204, 'application/vnd.amazon.eventstream'],
])('a head of %d and %s begins no stream', (status, type) => {
  expect(bedrockConverse.checkStreamHead({ status, headers: { 'content-type': type } })).toMatchObject({
    class: 'invalid_response',
  });
  const good = { status: 200, headers: { 'content-type': 'application/vnd.amazon.eventstream' } };
  expect(bedrockConverse.checkStreamHead(good)).toBe(undefined);
});
