import { expect, it } from 'vitest';
import { plainProgress } from './plain-progress.ts';
import type { ProgressEvent } from './progress.ts';
import { TerminalProgress } from './terminal-progress.ts';

const EVENTS: readonly ProgressEvent[] = [
  { kind: 'working', task: 'nats', text: 'Getting NATS' },
  { kind: 'working', task: 'redis', text: 'Getting Redis' },
  { kind: 'working', task: 'nats', text: 'Getting NATS' },
  { kind: 'done', task: 'redis', text: 'Redis 7.0.15 at 127.0.0.1:6379' },
  { kind: 'note', text: 'connector is back' },
  { kind: 'failed', task: 'nats', text: 'Getting NATS' },
];

const ESCAPE = String.fromCharCode(27);

/** What a terminal shows in the end: it knows text, "up n lines" and "clear to the end". */
function screenAfter(written: string): string[] {
  let lines: string[] = [];
  const [first = '', ...afterUps] = written.split(`${ESCAPE}[0J`);
  let above = first;
  for (const text of [...afterUps, '']) {
    const [shown = '', up = '0A'] = above.split(`${ESCAPE}[`);
    lines.push(...shown.split('\n').slice(0, -1));
    lines = lines.slice(0, lines.length - Number(up.slice(0, -1)));
    above = text;
  }
  return lines;
}

it('writes one line for each event where there is no terminal, and none twice', () => {
  const lines: string[] = [];
  const progress = plainProgress((text) => lines.push(text));
  EVENTS.forEach(progress);
  expect(lines).toEqual([
    '… Getting NATS\n',
    '… Getting Redis\n',
    '✓ Redis 7.0.15 at 127.0.0.1:6379\n',
    '· connector is back\n',
    '✗ Getting NATS\n',
  ]);
});

it('keeps running work at the bottom of a terminal and what is done above', () => {
  let written = '';
  const { progress } = new TerminalProgress({ columns: 80, write: (text) => (written += text) });
  EVENTS.slice(0, 4).forEach(progress);
  expect(screenAfter(written)).toEqual(['✓ Redis 7.0.15 at 127.0.0.1:6379', '⠋ Getting NATS']);
  EVENTS.slice(4).forEach(progress);
  expect(screenAfter(written)).toEqual([
    '✓ Redis 7.0.15 at 127.0.0.1:6379',
    '· connector is back',
    '✗ Getting NATS',
  ]);
});

it.each([
  [20, 19],
  [undefined, 79],
  [0, 79],
])('never lets a line wrap at %s columns', (columns, longest) => {
  let written = '';
  const { progress } = new TerminalProgress({ columns, write: (text) => (written += text) });
  progress({ kind: 'working', task: 'x', text: 'long '.repeat(60) });
  expect([...(screenAfter(written)[0] ?? '')]).toHaveLength(longest);
  progress({ kind: 'done', task: 'x', text: 'end' });
});
