import { expect, test } from 'vitest';
import { attemptLog } from './attempt-log.ts';
import { NO_TOKENS } from './call-counter.ts';

function filled(size: number, records: number) {
  const log = attemptLog(size);
  for (let i = 1; i <= records; i++) append(log, i);
  return log;
}

function append(log: ReturnType<typeof attemptLog>, i: number): void {
  log.append({
    attemptId: `a${i}`,
    provider: 'p',
    stream: false,
    outcome: 'complete',
    tokens: NO_TOKENS,
    deliveredTokens: 0,
    startedAtUnixMs: 0,
    endedAtUnixMs: 0,
  });
}

const idsOf = (page: { records: readonly { attemptId?: string }[] }) =>
  page.records.map(({ attemptId }) => attemptId);

test('pages follow one another without gap or repetition', () => {
  const log = filled(10, 5);
  const first = log.page({ after: 0, limit: 3 });
  const second = log.page({ after: first.nextCursor, limit: 3 });
  expect([...idsOf(first), ...idsOf(second)]).toEqual(['a1', 'a2', 'a3', 'a4', 'a5']);
  expect(log.page({ after: second.nextCursor, limit: 3 })).toEqual({ records: [], nextCursor: 5, lost: 0 });
});

test('a full log drops the oldest and says how many a reader has lost', () => {
  const log = filled(3, 8);
  expect(log.state()).toEqual({ newestCursor: 8, dropped: 5 });
  const page = log.page({ after: 2, limit: 10 });
  expect(idsOf(page)).toEqual(['a6', 'a7', 'a8']);
  expect(page.lost).toBe(3);
});

test('after a clear cursors go on, and nothing counts as lost', () => {
  const log = filled(3, 8);
  log.clear();
  append(log, 9);
  expect(log.page({ after: 0, limit: 10 })).toMatchObject({ nextCursor: 9, lost: 0 });
  expect(idsOf(log.page({ after: 8, limit: 10 }))).toEqual(['a9']);
  expect(log.state()).toEqual({ newestCursor: 9, dropped: 0 });
});
