import { expect, test } from 'vitest';
import { renderCsv } from './csv.ts';

test('cells with commas, quotes and line ends are quoted; formulas become texts', () => {
  expect(
    renderCsv(
      ['a', 'b'],
      [
        ['1,2', 'say "x"'],
        ['=1+1', 'two\nlines'],
      ],
    ),
  ).toBe('a,b\r\n"1,2","say ""x"""\r\n\'=1+1,"two\nlines"\r\n');
});
