import { useServers } from '@switchyard/testkit/test-servers';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatch, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: true, nats: true });
const stack = new AsyncDisposableStack();
let database: LedgerDatabase;
let role: pg.Pool;

beforeAll(async () => {
  const { url: natsUrl, prefix } = servers.nats;
  database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  const publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  stack.use(await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl }));
  const records = ['acme', 'acme', 'other'].map((tenant, i) => ({
    sequence: i + 1,
    record: usageRecord({ tenant }),
  }));
  await publisher.publish([usageBatch('o1', records)]);
  await vi.waitFor(async () => expect(await database.watermark('o1')).toBe(3), { timeout: 20_000 });
  await vi.waitFor(async () => expect(await database.count('prices')).toBeGreaterThan(0), {
    timeout: 20_000,
  });
  // One connection, so that what one transaction sets could reach the next.
  role = new pg.Pool({ connectionString: database.roleUrl, max: 1 });
  stack.defer(() => role.end());
});
afterAll(() => stack.disposeAsync());

/** Counts rows as the service's role, with a setting. */
async function seen(table: string, setting?: { name: string; value: string }): Promise<number> {
  const client = await role.connect();
  try {
    await client.query('BEGIN');
    if (setting !== undefined) {
      await client.query('SELECT set_config($1, $2, true)', [`switchyard.${setting.name}`, setting.value]);
    }
    const { rows } = await client.query<{ n: string }>(`SELECT count(*) AS n FROM cost_accounting.${table}`);
    return Number(rows[0]?.n);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

describe('the service’s role in the database', () => {
  it('A26: sees the rows of the tenant that is set, none of others, and none where nothing is set', async () => {
    expect(await seen('ledger', { name: 'tenant', value: 'acme' })).toBe(2);
    expect(await seen('ledger', { name: 'tenant', value: 'other' })).toBe(1);
    expect(await seen('ledger', { name: 'tenant', value: 'nobody' })).toBe(0);
    expect(await seen('ledger', { name: 'tenant', value: '' })).toBe(0);
    expect(await seen('ledger')).toBe(0);
    expect(await seen('ledger', { name: 'system', value: 'on' })).toBe(3);
    expect(await seen('ledger')).toBe(0);
    await vi.waitFor(async () => expect(await database.count('rollup_parts')).toBe(0), { timeout: 20_000 });
    for (const table of ['rollup_hours', 'rollup_days', 'rollup_labels', 'rollup_values']) {
      expect(await seen(table, { name: 'tenant', value: 'acme' }), table).toBeGreaterThan(0);
      expect(await seen(table, { name: 'tenant', value: 'nobody' }), table).toBe(0);
      expect(await seen(table), table).toBe(0);
    }
  });

  it('sees what belongs to no tenant only for the service’s own work', async () => {
    for (const table of ['outboxes', 'price_books', 'prices']) {
      expect(await seen(table, { name: 'tenant', value: 'acme' })).toBe(0);
      expect(await seen(table)).toBe(0);
      expect(await seen(table, { name: 'system', value: 'on' })).toBeGreaterThan(0);
    }
  });

  it('A26: every table has row-level security, forced, and another owner', async () => {
    const tables = await database.rows(
      `SELECT relname AS name, relrowsecurity AND relforcerowsecurity AS forced, pg_get_userbyid(relowner) AS owner
       FROM pg_class WHERE relnamespace = 'cost_accounting'::regnamespace AND relkind IN ('r', 'p')
         AND relname <> 'schema_migrations'`,
    );
    expect(tables.length).toBeGreaterThan(7);
    for (const table of tables) {
      expect(table).toMatchObject({ forced: true });
      expect(table.owner).not.toBe('switchyard_cost_accounting');
    }
  });

  it('can neither change nor delete what is booked, nor reach a partition beside the ledger’s own rules', async () => {
    const [{ partition } = { partition: '' }] = await database.rows<{ partition: string }>(
      `SELECT tableoid::regclass::text AS partition FROM cost_accounting.ledger LIMIT 1`,
    );
    for (const statement of [
      `UPDATE cost_accounting.ledger SET amount_nano_usd = 0`,
      `DELETE FROM cost_accounting.ledger`,
      `TRUNCATE cost_accounting.ledger`,
      `DELETE FROM cost_accounting.quarantine`,
      `DELETE FROM cost_accounting.rollup_days`,
      `UPDATE cost_accounting.prices SET input = 0`,
      `DELETE FROM cost_accounting.outboxes`,
      `SELECT * FROM ${partition}`,
      `DROP TABLE ${partition}`,
      `CREATE TABLE cost_accounting.mine ()`,
      `SELECT cost_accounting.recompute_outboxes()`,
    ]) {
      await expect(role.query(statement), statement).rejects.toThrow(/permission denied|must be owner/);
    }
    await expect(role.query(`SELECT cost_accounting.forget_ledger_day(current_date - 61)`)).rejects.toThrow(
      /kept for 62 days/,
    );
    await expect(role.query(`SELECT cost_accounting.ensure_ledger_day('2019-12-31')`)).rejects.toThrow(
      /no ledger/,
    );
  });

  it('cannot book for another tenant than the one that is set', async () => {
    const columns = await database.rows<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns
       WHERE table_schema = 'cost_accounting' AND table_name = 'ledger' ORDER BY ordinal_position`,
    );
    const names = columns.map(({ name }) => name).join(', ');
    const values = columns
      .map(({ name }) => (name === 'tenant' ? `'other'` : name === 'sequence' ? '99' : name))
      .join(', ');
    const insert = `INSERT INTO cost_accounting.ledger (${names}) SELECT ${values} FROM cost_accounting.ledger WHERE sequence = 1`;
    const client = await role.connect();
    try {
      await client.query('BEGIN');
      await client.query(`SELECT set_config('switchyard.tenant', 'acme', true)`);
      await expect(client.query(insert)).rejects.toThrow(/row-level security/);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  });
});
