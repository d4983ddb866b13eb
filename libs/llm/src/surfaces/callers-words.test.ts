import { ServiceError } from '@switchyard/kernel';
import { expect, test } from 'vitest';
import { messagesSurface } from './anthropic-messages/messages-surface.ts';
import { inCallersWords } from './callers-words.ts';

const errorOf = (reason: string, field: string) =>
  new ServiceError({
    reason,
    code: 'INVALID_ARGUMENT',
    publicMessage: `${field}: is wrong`,
    metadata: { 'a/b': `request: ${field} is not known here` },
    violations: [{ field, description: 'is wrong' }],
  });
const told = (field: string, reason = 'NO_CANDIDATE') =>
  inCallersWords(errorOf(reason, field), messagesSurface, { places: ['system', 'messages[0]'] });

test.each([
  ['sampling.max_output_tokens', 'max_tokens'],
  ['sampling.reasoning_budget_tokens', 'thinking.budget_tokens'],
  ['messages[1].parts[2].audio', 'messages[0].content[2].audio'],
  ['messages[0].parts', 'system.parts'],
  ['context.agent', 'switchyard.context.agent'],
  ['tools[0].name', 'tools[0].name'],
])('%s is %s to the caller', (canonical, own) => {
  const error = told(canonical);
  expect(error.violations[0]?.field).toBe(own);
  expect(error.publicMessage).toBe(`${own}: is wrong`);
  expect(error.metadata['a/b']).toBe(`request: ${own} is not known here`);
  expect(error.reason).toBe('NO_CANDIDATE');
});

test('a word of a sentence, and an option of a command, is no field', () => {
  const text =
    'ask for a model with a longer context ("switchyard models --min-context N" lists them), or lower context.';
  const error = new ServiceError({
    reason: 'NO_CANDIDATE',
    code: 'FAILED_PRECONDITION',
    publicMessage: text,
  });
  expect(inCallersWords(error, messagesSurface, {}).publicMessage).toBe(text);
});

test('what a provider said stays as it said it', () => {
  const field = 'sampling.max_output_tokens';
  expect(told(field, 'PROVIDER_INVALID_REQUEST').publicMessage).toBe(`${field}: is wrong`);
});
