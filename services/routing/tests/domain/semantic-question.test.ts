import { CompleteRequest, Requirements, Role, Strategy } from '@switchyard/contracts/routing';
import { chatOf } from '@switchyard/llm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Question } from '../../src/domain/cache/cache-key.ts';
import { semanticQuestionOf } from '../../src/domain/cache/semantic-question.ts';

type Change = Parameters<typeof CompleteRequest.fromPartial>[0];
const text = (value: string) => ({ content: { $case: 'text' as const, value } });
const image = {
  content: { $case: 'media' as const, value: { source: { $case: 'url' as const, value: 'https://x/y' } } },
};
const said = (role: Role, ...parts: object[]) => ({ role, parts }) as NonNullable<Change['messages']>[number];
const user = (value: string) => said(Role.USER, text(value));

const question = (change: Change = {}, tenant = 'acme'): Question => ({
  tenant,
  operation: chatOf(CompleteRequest.fromPartial({ messages: [user('How do I reset it?')], ...change })),
  understood: {
    selector: { kind: 'auto' },
    requirements: Requirements.create(),
    strategy: Strategy.PRIORITY,
    compositeWeights: undefined,
  },
});
const scopeOf = (change?: Change, { tenant = 'acme', model = 'embedder' } = {}) =>
  semanticQuestionOf(question(change, tenant), model)?.scope;

const words = fc.stringMatching(/^[a-z ?]{0,20}[a-z]$/);

test('no two tenants ever share a scope, however they are called and whatever they ask', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), words, words, (one, other, asked, askedToo) => {
      fc.pre(one !== other);
      const scope = (tenant: string, value: string) => scopeOf({ messages: [user(value)] }, { tenant });
      expect(scope(one, asked)).not.toBe(scope(other, askedToo));
    }),
    { numRuns: 500 },
  );
});

test('the last text of the user is all that may differ', () => {
  fc.assert(
    fc.property(words, words, (one, other) => {
      expect(scopeOf({ messages: [user(one)] })).toBe(scopeOf({ messages: [user(other)] }));
    }),
  );
  expect(semanticQuestionOf(question(), 'embedder')?.text).toBe('How do I reset it?');
});

test.each<[string, Change]>([
  ['the system prompt', { messages: [said(Role.SYSTEM, text('Be brief.')), user('How?')] }],
  ['what was said before', { messages: [user('Hi'), said(Role.ASSISTANT, text('Hello')), user('How?')] }],
  ['an image beside the text', { messages: [said(Role.USER, image, text('How?'))] }],
  ['the tools', { tools: [{ name: 'search' }] }],
  ['the sampling', { sampling: { maxOutputTokens: 5 } }],
  ['what passes through', { passthroughJson: '{"a":1}', passthroughFormat: 'openai-chat' }],
  ['a number in the text', { messages: [user('How do I reset number 2?')] }],
])('%s is part of the scope', (_, change) => {
  expect(scopeOf(change)).not.toBeUndefined();
  expect(scopeOf(change)).not.toBe(scopeOf());
});

test('so are the requirements, the strategy and who embeds', () => {
  const { understood, ...rest } = question();
  const scope = (change: Partial<Question['understood']>) =>
    semanticQuestionOf({ ...rest, understood: { ...understood, ...change } }, 'embedder')?.scope;
  const scopes = [
    scopeOf(),
    scope({ strategy: Strategy.COST }),
    scope({ requirements: Requirements.fromPartial({ residency: ['eu-west'] }) }),
    scope({ selector: { kind: 'model', model: 'm' } }),
    scopeOf({}, { model: 'another embedder' }),
  ];
  expect(new Set(scopes).size).toBe(scopes.length);
});

test('numbers are the same however they are said around', () => {
  const scope = (value: string) => scopeOf({ messages: [user(value)] });
  expect(scope('Status of invoice 1041?')).toBe(scope('What is the status of my invoice 1041'));
  expect(scope('Status of invoice 1041?')).not.toBe(scope('Status of invoice 1042?'));
  expect(scope('From 3 to 5')).not.toBe(scope('From 5 to 3'));
});

test.each<[string, Change]>([
  ['nothing is asked', { messages: [] }],
  ['the model has the last word', { messages: [user('How?'), said(Role.ASSISTANT, text('So'))] }],
  ['a tool has it', { messages: [user('How?'), said(Role.TOOL, text('42'))] }],
  ['it ends in two texts', { messages: [said(Role.USER, text('How?'), text('And why?'))] }],
  ['it ends in an image alone', { messages: [said(Role.USER, image)] }],
  ['the text is blank', { messages: [user(' \n')] }],
  ['the text is no question any more', { messages: [user('x'.repeat(8_193))] }],
])('nothing means the same where %s', (_, change) => {
  expect(scopeOf(change)).toBeUndefined();
});
