import { expect, test } from 'vitest';
import { Progress } from './progress.ts';

const written = (isTTY: boolean): string => {
  let text = '';
  const progress = new Progress({ isTTY, columns: 60, write: (more) => (text += more) });
  progress.expect(2);
  progress.step('openai completion');
  progress.end();
  return text;
};

test('on a terminal one line tells how far it is, and goes away', () => {
  expect(written(true)).toContain('████████████░░░░░░░░░░░░ 1/2 openai completion');
  expect(written(true).endsWith('\r\u001b[K')).toBe(true);
});

test('elsewhere nothing is written', () => {
  expect(written(false)).toBe('');
});
