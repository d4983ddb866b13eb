import { expect, test } from 'vitest';
import { nextCandidate, speaksAgainstProvider } from './next-candidate.ts';

const of = (name: string) => ({ name, provider: { key: name.slice(0, 1) } });
const next = (left: readonly string[], ...failed: string[]) =>
  nextCandidate(left.map(of), new Set(failed))?.name;

test('the order of the decision holds while no provider has failed', () => {
  expect(next(['a2', 'b1', 'a3'])).toBe('a2');
});

test('after a provider has failed another one comes before a second model of it', () => {
  expect(next(['a2', 'a3', 'b1', 'c1'], 'a')).toBe('b1');
  expect(next(['a2', 'a3', 'c1'], 'a', 'b')).toBe('c1');
});

test('where all have failed, the first that is left is tried after all', () => {
  expect(next(['a2', 'b2'], 'a', 'b')).toBe('a2');
  expect(next([], 'a')).toBeUndefined();
});

test('what is about one model does not speak against its provider', () => {
  for (const error of ['connection', 'timeout', 'server_error', 'authentication', 'rate_limited'] as const)
    expect(speaksAgainstProvider(error)).toBe(true);
  for (const error of ['not_found', 'context_length', 'content_filter', 'invalid_response'] as const)
    expect(speaksAgainstProvider(error)).toBe(false);
});
