import { CompleteRequest, ResponseFormat_Kind, Role } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { continuedRequest, wantsContinuation } from './continued-request.ts';

const ASKED = CompleteRequest.fromPartial({
  model: 'm',
  messages: [{ role: Role.USER, parts: [{ content: { $case: 'text', value: 'Tell me.' } }] }],
  sampling: { maxOutputTokens: 100, temperature: 0.5 },
});
const turnsOf = ({ messages }: CompleteRequest) =>
  messages.map(({ role, parts }) => [role, parts.map(({ content }) => content?.value).join('')]);

test('a model that goes on in the last turn is given the text as its own, without white space at the end', () => {
  const request = continuedRequest(ASKED, { text: 'Once upon \n', prefills: true });
  expect(turnsOf(request)).toEqual([
    [Role.USER, 'Tell me.'],
    [Role.ASSISTANT, 'Once upon'],
  ]);
});

test('another one is told to go on', () => {
  const turns = turnsOf(continuedRequest(ASKED, { text: 'Once upon', prefills: false }));
  expect(turns.slice(0, 2)).toEqual([
    [Role.USER, 'Tell me.'],
    [Role.ASSISTANT, 'Once upon'],
  ]);
  expect(turns[2]).toEqual([Role.USER, expect.stringContaining('exactly where it ends')]);
});

test('where nothing but white space was said, the question is asked again', () => {
  expect(turnsOf(continuedRequest(ASKED, { text: ' \n', prefills: false }))).toEqual(turnsOf(ASKED));
});

test('what was written is taken off the limit of the output, down to 1', () => {
  const limitAfter = (characters: number) =>
    continuedRequest(ASKED, { text: 'x'.repeat(characters), prefills: true }).sampling;
  expect(limitAfter(40)).toMatchObject({ maxOutputTokens: 90, temperature: 0.5 });
  expect(limitAfter(4_000)).toMatchObject({ maxOutputTokens: 1 });
  const unlimited = { ...ASKED, sampling: undefined };
  expect(continuedRequest(unlimited, { text: 'x', prefills: true }).sampling).toBeUndefined();
});

test.each([
  ['not asked for', {}, false],
  ['asked for', { failover: { continueStreams: true } }, true],
  ['no failover at all', { failover: { continueStreams: true, allowed: false } }, false],
  [
    'an answer in JSON',
    { failover: { continueStreams: true }, responseFormat: { kind: ResponseFormat_Kind.JSON_OBJECT } },
    false,
  ],
  [
    'an answer by a schema',
    { failover: { continueStreams: true }, responseFormat: { kind: ResponseFormat_Kind.JSON_SCHEMA } },
    false,
  ],
  [
    'plain text, said so',
    { failover: { continueStreams: true }, responseFormat: { kind: ResponseFormat_Kind.TEXT } },
    true,
  ],
] satisfies [string, Parameters<typeof CompleteRequest.fromPartial>[0], boolean][])(
  '%s: continued %s',
  (_, change, expected) => {
    expect(wantsContinuation(CompleteRequest.fromPartial({ ...ASKED, ...change }))).toBe(expected);
  },
);
