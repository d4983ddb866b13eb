import { uuidV7 } from '@switchyard/kernel';
import { createLogger, migrate, openPostgres } from '@switchyard/service-kit';
import { useServers } from '@switchyard/testkit/test-servers';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PostgresDecisions } from '../src/adapters/postgres-decisions.ts';
import { migrationOptions } from '../src/index.ts';
import { decideInputs } from './domain/decide-inputs.ts';
import { expectSameChoice } from './domain/expect-same-choice.ts';
import { recordOf } from './domain/record-of.ts';

const servers = useServers({ postgres: true });
const stack = new AsyncDisposableStack();
let store: PostgresDecisions;

beforeAll(async () => {
  const url = new URL(await servers.postgres.createDatabase());
  await migrate(
    migrationOptions({ ROUTING_MIGRATION_DATABASE_URL: url.href, ROUTING_DATABASE_PASSWORD: 'own' }),
  );
  url.username = 'switchyard_routing';
  url.password = 'own';
  const postgres = openPostgres({
    url: url.href,
    maxConnections: 2,
    statementTimeoutMs: 5_000,
    applicationName: 'test',
    log: createLogger({ service: 'test', level: 'silent' }),
  });
  stack.defer(() => postgres.close());
  store = new PostgresDecisions(postgres);
});
afterAll(() => stack.disposeAsync());

test('200 decisions that were stored are made again from what the database holds, bit for bit', async () => {
  const inputs = fc.sample(fc.noBias(decideInputs({ minLength: 60, maxLength: 130 })), {
    numRuns: 200,
    seed: 5,
  });
  const records = inputs.map((input) => recordOf({ ...input, look: 'enough' }, uuidV7(Date.now())));
  await store.insert(records);
  let drawn = 0;
  for (const { requestId, tenant, propensity } of records) {
    const stored = await store.find(tenant, requestId);
    if (stored === undefined) throw new Error(`${requestId} is not stored`);
    expectSameChoice(stored);
    if (propensity > 0 && propensity < 1) drawn += 1;
  }
  expect(drawn).toBeGreaterThan(20); // else chance had no part in them
});
