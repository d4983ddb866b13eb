import { Decision } from '@switchyard/contracts/routing';
import { uuidV7 } from '@switchyard/kernel';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeDecision } from '../src/adapters/encoded-decision.ts';
import { type OpenedDecisions, openDecisions } from './support/open-decisions.ts';

const servers = useServers({ postgres: true });
const DAY_MS = 24 * 3_600_000;
let opened: OpenedDecisions;

beforeAll(async () => {
  opened = await openDecisions(await servers.postgres.createDatabase());
});
afterAll(() => opened?.[Symbol.asyncDispose]());

const daysAgo = (days: number): Decision => {
  const decidedAt = new Date(Date.now() - days * DAY_MS);
  return Decision.fromPartial({ requestId: uuidV7(decidedAt.getTime()), tenant: 'acme', decidedAt });
};
const partitions = () =>
  opened.postgres.asSystem(async (transaction) => {
    const { rows } = await transaction.query<{ name: string }>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits
       WHERE inhparent = 'routing.decision_log'::regclass ORDER BY 1`,
    );
    return rows.map(({ name }) => name.slice(-8));
  });
const dayOf = ({ decidedAt }: Decision) => decidedAt?.toISOString().slice(0, 10).replaceAll('-', '');

test('decisions lie in a partition for each day, and go with their whole day once it is too old', async () => {
  const { store, postgres } = opened;
  const decisions = [daysAgo(9), daysAgo(8), daysAgo(1), daysAgo(0)];
  const [first, second, third, last] = decisions as [Decision, Decision, Decision, Decision];
  await store.insert(decisions.map(encodeDecision));
  // Once more: they stay as they are.
  await store.insert(decisions.map(encodeDecision));
  expect(await partitions()).toEqual(decisions.map(dayOf));
  for (const { requestId } of decisions) expect(await store.find('acme', requestId)).toBeDefined();
  expect(await store.find('globex', last.requestId)).toBeUndefined();
  await postgres.asSystem((transaction) =>
    transaction.query(
      `INSERT INTO routing.decisions (tenant, request_id, decided_at, body) VALUES ('acme', $1, $2, ''), ('acme', $3, now(), '')`,
      ['00000000-0000-7000-8000-000000000001', first.decidedAt, '00000000-0000-7000-8000-000000000002'],
    ),
  );

  expect(await store.removeOlderThan(new Date(Date.now() - 7 * DAY_MS))).toBe('none left');
  expect(await partitions()).toEqual([third, last].map(dayOf));
  expect(await store.find('acme', second.requestId)).toBeUndefined();
  expect(await store.find('acme', last.requestId)).toBeDefined();
  // What the version before this one has stored is found as long as it is kept.
  expect(await store.find('acme', '00000000-0000-7000-8000-000000000001')).toBeUndefined();
  expect(await store.find('acme', '00000000-0000-7000-8000-000000000002')).toBeDefined();
});

test('the service can neither make nor drop tables but by days, and no day that is not over', async () => {
  const { postgres } = opened;
  const run = (sql: string) => postgres.asSystem((transaction) => transaction.query(sql));
  await expect(run('DROP TABLE routing.decision_log')).rejects.toThrow(/owner/);
  await expect(run('DELETE FROM routing.decision_log')).rejects.toThrow(/permission denied/);
  await expect(run(`SELECT routing.drop_decision_days(now() + interval '1 day')`)).rejects.toThrow(/future/);
  await expect(run(`SELECT routing.ensure_decision_day('1970-01-01')`)).rejects.toThrow(/no decisions/);
});
