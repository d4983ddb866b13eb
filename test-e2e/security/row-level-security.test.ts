import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { queryFleet } from '../support/ledger-rows.ts';
import { buildEstate } from '../support/tenant-estate.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';
import {
  connectAs,
  INSUFFICIENT_PRIVILEGE,
  SERVICES,
  schemaOf,
  seenAs,
  seenBy,
  TENANT_TABLES,
  type TenantTable,
} from './tenant-tables.ts';

let started: TestFleet;
let tables: TenantTable[];

beforeAll(async () => {
  started = await startTestFleet();
  for (const tenant of ['acme', 'globex']) (await buildEstate(started.fleet, tenant)).clients.close();
  tables = await queryFleet(started.fleet, TENANT_TABLES);
  // What is not there cannot be seen in any case: every table has rows of acme before it is looked at.
  const sources = [
    'routing.decision_log',
    'routing.batch_lines',
    'cost_accounting.ledger',
    'health_probe.provider_health',
  ];
  await vi.waitFor(
    async () => {
      for (const source of sources)
        expect(
          (await queryFleet(started.fleet, `SELECT FROM ${source} WHERE tenant = 'acme'`)).length,
          source,
        ).toBeGreaterThan(0);
    },
    { timeout: 30_000, interval: 250 },
  );
  tables = await queryFleet(started.fleet, TENANT_TABLES);
});

afterAll(() => started?.[Symbol.asyncDispose]());

test('A26: every table with tenants’ rows enables and forces row-level security, and no service owns one', () => {
  expect(new Set(tables.map(({ schema }) => schema))).toEqual(new Set(SERVICES.map(schemaOf)));
  for (const { schema, table, enabled, forced, policies, owner } of tables) {
    const name = `${schema}.${table}`;
    expect({ name, enabled, forced }).toEqual({ name, enabled: true, forced: true });
    expect(policies, name).toBeGreaterThan(0);
    expect(owner, name).not.toMatch(/^switchyard_/);
  }
});

describe.each(SERVICES)('A26: the role of %s', (service) => {
  const own = () => tables.filter(({ schema }) => schema === schemaOf(service));

  test('sees no rows unless it says for whom, on a fresh and on a reused connection', async () => {
    const client = await connectAs(started.fleet, service);
    try {
      const nothing = Object.values(await seenBy(client, own())).flat();
      expect(nothing).toEqual([]);
      // A setting that a transaction had made reads as '' once it is over: that must not be the name of anybody.
      await seenAs(client, 'acme', own());
      expect(Object.values(await seenBy(client, own())).flat()).toEqual([]);
      expect(Object.values(await seenAs(client, '', own())).flat()).toEqual([]);
    } finally {
      await client.end();
    }
  });

  test('sees of two tenants the rows of the one it names', async () => {
    const client = await connectAs(started.fleet, service);
    try {
      // Providers of the installation serve every tenant, who may look at them.
      const shared = service === 'routing' ? ['', 'acme'] : ['acme'];
      const seen = Object.entries(await seenAs(client, 'acme', own())).filter(([, { length }]) => length > 0);
      expect(seen.length).toBeGreaterThan(0);
      for (const [table, tenants] of seen) expect(shared, table).toEqual(expect.arrayContaining(tenants));
      const nobody = Object.values(await seenAs(client, 'no-such-tenant', own())).flat();
      expect(nobody.filter((tenant) => tenant !== '')).toEqual([]);
    } finally {
      await client.end();
    }
  });

  test('cannot write rows of another tenant, nor turn the rules off', async () => {
    const client = await connectAs(started.fleet, service);
    try {
      for (const { schema, table } of own()) {
        await expect(
          client.query(`ALTER TABLE ${schema}.${table} DISABLE ROW LEVEL SECURITY`),
        ).rejects.toThrow(/owner/);
        await client.query('BEGIN');
        await client.query(`SELECT set_config('switchyard.tenant', 'globex', true)`);
        const changed = await client
          .query(`UPDATE ${schema}.${table} SET tenant = 'globex' WHERE tenant = 'acme'`)
          .catch((error: { code?: string }) => {
            expect(error.code, table).toBe(INSUFFICIENT_PRIVILEGE);
            return { rowCount: 0 };
          });
        expect(changed.rowCount, table).toBe(0);
        await client.query('ROLLBACK');
      }
    } finally {
      await client.end();
    }
  });
});
