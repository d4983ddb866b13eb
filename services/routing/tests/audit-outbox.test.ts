import { Policy, Pool, Provider } from '@switchyard/contracts/routing';
import { invalidArgument, ServiceError } from '@switchyard/kernel';
import {
  type AuditedAction,
  createLogger,
  migrate,
  openPostgres,
  type Postgres,
} from '@switchyard/service-kit';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { applyPlan } from '../src/adapters/apply-plan.ts';
import { AuditOutbox } from '../src/adapters/audit-outbox.ts';
import { PostgresConfiguration } from '../src/adapters/postgres-configuration.ts';
import { PostgresPolicies } from '../src/adapters/postgres-policies.ts';
import { PostgresPools } from '../src/adapters/postgres-pools.ts';
import { PostgresProviders } from '../src/adapters/postgres-providers.ts';
import { migrationOptions } from '../src/index.ts';

const servers = useServers({ postgres: true });
const PASSWORD = 'routing-test';
const WAIT = { timeout: 20_000, interval: 50 };
const log = createLogger({ service: 'test', level: 'silent' });
let postgres: Postgres;
let configuration: PostgresConfiguration;
let told: AuditedAction[];
let isAway: boolean;
let refused: string;

const audit = {
  async append(action: AuditedAction): Promise<void> {
    if (isAway) throw new ServiceError({ reason: 'AWAY', code: 'UNAVAILABLE', publicMessage: 'away' });
    if (action.resource === refused)
      throw invalidArgument({ field: 'resource', description: 'is not to be told' });
    told.push(action);
  },
};
const provider = (id: string, tenant = '') => Provider.fromPartial({ id, tenant });
const told3 = () => told.map(({ tenant, action, resource }) => [tenant, action, resource]);

beforeAll(async () => {
  const ownerUrl = await servers.postgres.createDatabase();
  await migrate(
    migrationOptions({ ROUTING_MIGRATION_DATABASE_URL: ownerUrl, ROUTING_DATABASE_PASSWORD: PASSWORD }),
  );
  const url = new URL(ownerUrl);
  url.username = 'switchyard_routing';
  url.password = PASSWORD;
  const options = { maxConnections: 4, statementTimeoutMs: 5_000, applicationName: 'test', log };
  postgres = openPostgres({ url: url.href, ...options });
  configuration = new PostgresConfiguration(postgres);
});

beforeEach(() => {
  told = [];
  isAway = false;
  refused = '';
});

afterAll(() => postgres?.close());

const outbox = () => new AuditOutbox({ postgres, audit, log });

test('each change of a provider, a pool or a policy is told, by whom, of what, and of which fields; a refused one is not', async () => {
  const by = { actor: 'alice', etag: '' };
  const providers = new PostgresProviders(configuration);
  const pools = new PostgresPools(configuration);
  await providers.create(provider('p', 'acme'), 'alice');
  await expect(providers.create(provider('p', 'acme'), 'mallory')).rejects.toMatchObject({
    reason: 'PROVIDER_EXISTS',
  });
  const update = { tenant: 'acme', id: 'p', fields: ['models', 'headers'], ...by };
  await providers.update(update, (current) => current);
  await providers.delete({ tenant: 'acme', id: 'p', ...by });
  await pools.create({ pool: Pool.fromPartial({ id: 'o' }), actor: 'alice' }, () => undefined);
  await new PostgresPolicies(configuration).set(Policy.fromPartial({ tenant: 'acme' }), 'alice');
  const telling = outbox();
  await vi.waitFor(() => expect(told).toHaveLength(5), WAIT);
  await telling.close();
  expect(told3()).toEqual([
    ['acme', 'routing.provider.create', 'provider:p'],
    ['acme', 'routing.provider.update', 'provider:p'],
    ['acme', 'routing.provider.delete', 'provider:p'],
    ['', 'routing.pool.create', 'pool:o'],
    ['acme', 'routing.policy.set', 'policy'],
  ]);
  expect(new Set(told.map(({ actor, outcome }) => `${actor} ${outcome}`))).toEqual(
    new Set(['alice allowed']),
  );
  expect(told[1]?.details).toEqual({
    fields: 'models, headers',
    change: expect.stringMatching(/^\d+$/),
    changed_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  });
});

test('of a document that is applied each object is told, of one that is only tried none', async () => {
  const shared = { scope: new Set(['']), others: 'keep', actor: 'bob', check: () => undefined } as const;
  const wanted = {
    providers: ['a', 'b'].map((id) => provider(id)),
    ...{ pools: [], policies: [], experiments: [] },
  };
  await applyPlan(configuration, { ...shared, wanted, mode: 'plan' });
  await applyPlan(configuration, { ...shared, wanted, mode: 'write' });
  const changed = { ...wanted, providers: [{ ...provider('a'), priority: 7 }] };
  await applyPlan(configuration, { ...shared, wanted: changed, mode: 'write' });
  const telling = outbox();
  await vi.waitFor(() => expect(told).toHaveLength(3), WAIT);
  await telling.close();
  expect(told3()).toEqual([
    ['', 'routing.provider.create', 'provider:a'],
    ['', 'routing.provider.create', 'provider:b'],
    ['', 'routing.provider.update', 'provider:a'],
  ]);
  expect(told[2]?.details.fields).toBe('priority');
});

test('while the audit log is away changes are made, and told once it is back, each once, by whichever replica', async () => {
  isAway = true;
  const replicas = [outbox(), outbox()];
  const ids = Array.from({ length: 20 }, (_, i) => `w${i}`);
  for (const id of ids) await new PostgresProviders(configuration).create(provider(id), 'carol');
  expect(told).toEqual([]);
  isAway = false;
  await vi.waitFor(() => expect(told).toHaveLength(ids.length), WAIT);
  await Promise.all(replicas.map((replica) => replica.close()));
  expect(told).toHaveLength(ids.length);
  expect(new Set(told.map(({ resource }) => resource))).toEqual(new Set(ids.map((id) => `provider:${id}`)));
  const left = await postgres.asSystem((transaction) =>
    transaction.query('SELECT FROM routing.audit_outbox'),
  );
  expect(left.rowCount).toBe(0);
});

test('a change that the audit log refuses as invalid waits, and holds up no other', async () => {
  refused = 'provider:r1';
  const providers = new PostgresProviders(configuration);
  for (const id of ['r1', 'r2', 'r3']) await providers.create(provider(id), 'dora');
  const first = outbox();
  await vi.waitFor(() => expect(told).toHaveLength(2), WAIT);
  await first.close();
  expect(told3().map(([, , resource]) => resource)).toEqual(['provider:r2', 'provider:r3']);
  refused = '';
  const second = outbox();
  await vi.waitFor(() => expect(told).toHaveLength(3), WAIT);
  await second.close();
  expect(told[2]?.resource).toBe('provider:r1');
});
