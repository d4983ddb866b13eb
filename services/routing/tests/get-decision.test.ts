import { Decision } from '@switchyard/contracts/routing';
import { createLogger, migrate, openPostgres, type Principal } from '@switchyard/service-kit';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DecisionRecorder } from '../src/adapters/decision-recorder.ts';
import { encodeDecision } from '../src/adapters/encoded-decision.ts';
import { PostgresDecisions } from '../src/adapters/postgres-decisions.ts';
import { migrationOptions } from '../src/index.ts';
import { getDecision } from '../src/rpc/get-decision.ts';

const servers = useServers({ postgres: true });
const log = createLogger({ service: 'test', level: 'silent' });
const STORED = '00000000-0000-7000-8000-000000000001';
const WAITING = '00000000-0000-7000-8000-000000000002';
const stack = new AsyncDisposableStack();
let read: (principal: Principal, requestId: string) => Promise<string | undefined>;

beforeAll(async () => {
  const url = new URL(await servers.postgres.createDatabase());
  await migrate(
    migrationOptions({ ROUTING_MIGRATION_DATABASE_URL: url.href, ROUTING_DATABASE_PASSWORD: 'routing-test' }),
  );
  url.username = 'switchyard_routing';
  url.password = 'routing-test';
  const postgres = openPostgres({
    url: url.href,
    maxConnections: 2,
    statementTimeoutMs: 5_000,
    applicationName: 'test',
    log,
  });
  stack.defer(() => postgres.close());
  const store = new PostgresDecisions(postgres);
  const recorder = new DecisionRecorder({
    // The database takes no more: what is recorded goes on waiting.
    store: { insert: () => Promise.reject(new Error('away')) } as unknown as PostgresDecisions,
    random: () => 0,
    samplePermille: 1_000,
    retentionMs: 3_600_000,
    log,
    onDropped: () => {},
  });
  stack.defer(() => recorder.dispose());
  const decidedAt = new Date();
  await store.insert([
    encodeDecision(Decision.fromPartial({ requestId: STORED, tenant: 'acme', decidedAt })),
  ]);
  recorder.record(Decision.fromPartial({ requestId: WAITING, tenant: 'acme', decidedAt }));
  const { handle } = getDecision(store, recorder);
  read = async (principal, requestId) =>
    (await handle({ requestId }, { principal } as Parameters<typeof handle>[1])).decision?.tenant;
});
afterAll(() => stack.disposeAsync());

const key = (tenant: string, installation: boolean): Principal => ({
  keyId: 'k',
  tenant,
  role: 'viewer',
  installation,
  permissions: new Set(['routing.read']),
});

test.each([
  ['that is stored', STORED],
  ['that waits to be stored', WAITING],
])(
  "a decision %s is its tenant's and the installation's to read, and nobody else's",
  async (_, requestId) => {
    expect(await read(key('acme', false), requestId)).toBe('acme');
    expect(await read(key('operators', true), requestId)).toBe('acme');
    await expect(read(key('other', false), requestId)).rejects.toMatchObject({
      reason: 'DECISION_NOT_FOUND',
    });
  },
);
