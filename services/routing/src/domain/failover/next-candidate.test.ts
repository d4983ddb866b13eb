import type { ErrorClass } from '@switchyard/llm';
import { expect, test } from 'vitest';
import { NO_FAILURES, nextCandidate, withFailure } from './next-candidate.ts';

/** "a2": the second model of a; "a2#eu": by its endpoint eu. */
const of = (name: string) => {
  const [model = '', id] = name.split('#');
  return { name, provider: { key: model.slice(0, 1), endpoint: id === undefined ? undefined : { id } } };
};
/** Who follows after some have failed: "a1: timeout". */
const next = (left: readonly string[], ...failed: string[]) => {
  const failures = failed.reduce((known, one) => {
    const [name = '', error = 'timeout'] = one.split(': ');
    return withFailure(known, of(name).provider, error as ErrorClass);
  }, NO_FAILURES);
  return nextCandidate(left.map(of), failures)?.name;
};

test('the order of the decision holds while no provider has failed', () => {
  expect(next(['a2', 'b1', 'a3'])).toBe('a2');
});

test('after a provider has failed another one comes before a second model of it', () => {
  expect(next(['a2', 'a3', 'b1', 'c1'], 'a1')).toBe('b1');
  expect(next(['a2', 'a3', 'c1'], 'a1', 'b1')).toBe('c1');
});

test('where all have failed, the first that is left is tried after all', () => {
  expect(next(['a2', 'b2'], 'a1', 'b1')).toBe('a2');
  expect(next([], 'a1')).toBeUndefined();
});

test('what is about one model does not speak against its provider', () => {
  for (const error of ['connection', 'timeout', 'server_error', 'authentication', 'rate_limited'])
    expect(next(['a2', 'b1'], `a1: ${error}`)).toBe('b1');
  for (const error of ['not_found', 'context_length', 'content_filter', 'invalid_response'])
    expect(next(['a2', 'b1'], `a1: ${error}`)).toBe('a2');
});

test.each(['connection', 'rate_limited', 'authentication', 'permission', 'quota', 'not_found'])(
  'after %s at one endpoint another endpoint of the provider comes next, and after two another provider',
  (error) => {
    const left = ['a2#us', 'a1#eu', 'a1#ap', 'b1'];
    expect(next(left, `a1#us: ${error}`)).toBe('a1#eu');
    expect(next(['a2#us', 'a1#ap', 'b1'], `a1#us: ${error}`, `a1#eu: ${error}`)).toBe('b1');
    // Nobody else is left: then the endpoint that was not tried.
    expect(next(['a2#us', 'a1#ap'], `a1#us: ${error}`, `a1#eu: ${error}`)).toBe('a1#ap');
  },
);

test.each(['timeout', 'server_error', 'overloaded'])(
  'after %s at one endpoint another provider comes first',
  (error) => {
    expect(next(['a1#eu', 'b1'], `a1#us: ${error}`)).toBe('b1');
    expect(next(['a2#us', 'a1#eu'], `a1#us: ${error}`)).toBe('a2#us');
  },
);
