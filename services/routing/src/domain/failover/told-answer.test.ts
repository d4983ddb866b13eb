import type { Delta } from '@switchyard/contracts/routing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ToldAnswer } from './told-answer.ts';

type Content = NonNullable<Delta['content']>;
const text = (value: string): Content => ({ $case: 'text', value });
const thought = (value: string): Content => ({ $case: 'reasoning', value });
const signature: Content = { $case: 'reasoningSignature', value: 's' };
const refusal: Content = { $case: 'refusal', value: 'no' };
const call: Content = { $case: 'toolCallStart', value: { index: 0, id: 'c', name: 'f' } };

const tell = (answer: ToldAnswer, ...contents: Content[]) =>
  contents.flatMap((content) => answer.tell({ content })?.content ?? []);

test.each([
  ['nothing', [], 'nothing'],
  ['text', [text('a')], 'continuable'],
  ['an open thought', [thought('hm')], 'final'],
  ['text after a thought', [thought('hm'), text('a')], 'continuable'],
  ['a thought after text', [text('a'), thought('hm')], 'final'],
  ['a signed thought, and text', [thought('hm'), signature, text('a')], 'final'],
  ['hidden thoughts, and text', [{ $case: 'redactedReasoning', value: 'x' }, text('a')], 'final'],
  ['a tool call', [text('a'), call], 'final'],
  ['a refusal', [text('a'), refusal], 'final'],
  ['too much text', [text('x'.repeat(1024 * 1024 + 1))], 'final'],
] satisfies [string, Content[], string][])('after %s the answer is %s', (_, contents, expected) => {
  const answer = new ToldAnswer('continued');
  tell(answer, ...contents);
  expect(answer.soFar).toBe(expected);
});

test('where nobody wants it continued, it is final with its first piece', () => {
  const answer = new ToldAnswer('as it is');
  tell(answer, text('a'));
  expect(answer.soFar).toBe('final');
});

test('of whoever goes on no thoughts are told, but calls and refusals are', () => {
  const answer = new ToldAnswer('continued');
  tell(answer, text('a'));
  answer.continue();
  expect(tell(answer, thought('hm'), signature, text('b'), call)).toEqual([text('b'), call]);
  expect(answer.soFar).toBe('final');
});

test('white space at the seam is told once, however it is cut', () => {
  const spaces = fc.string({ unit: fc.constantFrom(' ', '\n'), maxLength: 3 });
  const words = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(words, spaces, words, fc.nat(6), (before, gap, after, cut) => {
      const answer = new ToldAnswer('continued');
      tell(answer, text(before + gap));
      answer.continue();
      // Whoever goes on was shown the text without the gap, and writes it, too.
      const rest = gap + after;
      const told = tell(answer, text(rest.slice(0, cut)), text(rest.slice(cut)));
      expect(before + gap + told.map(({ value }) => value).join('')).toBe(before + gap + after);
      expect(told.every(({ value }) => value !== '') || rest.slice(cut) === '').toBe(true);
      expect(answer.text).toBe(before + gap + after);
    }),
  );
});

test('white space that is not the same is kept', () => {
  const answer = new ToldAnswer('continued');
  tell(answer, text('a\n'));
  answer.continue();
  expect(tell(answer, text('\n'), text(' b'))).toEqual([text(' b')]);
});
