import type { ServiceError } from '@switchyard/kernel';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authenticateByName } from './support/callers.ts';
import { type ConfigurationClients, openConfiguration } from './support/configuration-clients.ts';
import { type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
let routing: RoutingUnderTest;
let operator: ConfigurationClients;

beforeAll(async () => {
  routing = await startRouting({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    authenticate: authenticateByName,
  });
  operator = openConfiguration(routing.target.address, 'admin@default!');
  await operator.createProvider({ id: 'one', models: [{ model: 'm' } as never] });
});

afterAll(async () => {
  operator?.close();
  await routing?.[Symbol.asyncDispose]();
});

const ODD = 'a\0b';

const refused = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'taken',
    ({ code, violations }: ServiceError) => [code, ...violations.map(({ field }) => field)].join(' '),
  );

test.each<[string, string, () => Promise<unknown>]>([
  [
    'a provider’s tenant',
    'INVALID_ARGUMENT provider.tenant',
    () => operator.createProvider({ id: 'p', tenant: ODD }),
  ],
  ['a pool’s tenant', 'INVALID_ARGUMENT tenant', () => operator.createPool({ id: 'p', tenant: ODD })],
  ['a policy’s tenant', 'INVALID_ARGUMENT policy.tenant', () => operator.setPolicy({ tenant: ODD })],
  [
    'a request’s tenant',
    'INVALID_ARGUMENT context.tenant',
    () => operator.route({ model: 'm', context: { tenant: ODD } }),
  ],
  [
    'a tenant with a line break',
    'INVALID_ARGUMENT context.tenant',
    () => operator.route({ model: 'm', context: { tenant: 'a\n' } }),
  ],
  ['a whole document’s tenant', 'NOT_FOUND', () => operator.apply({ tenant: ODD, configuration: {} })],
  ['a tenant that is read', 'NOT_FOUND', () => operator.getExperiment('e', ODD)],
  ['a tenant to delete from', 'INVALID_ARGUMENT tenant', () => operator.deletePool('p', { tenant: ODD })],
  ['a pool to delete', 'INVALID_ARGUMENT id', () => operator.deletePool(ODD)],
  ['a provider to change', 'INVALID_ARGUMENT id', () => operator.updateProvider({ id: ODD }, 'priority')],
  ['an experiment to start', 'INVALID_ARGUMENT id', () => operator.startExperiment(ODD)],
])('%s that no database takes is refused: %s', async (_, expected, call) => {
  expect(await refused(call())).toBe(expected);
});
