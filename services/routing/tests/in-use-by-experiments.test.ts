import { ExperimentState } from '@switchyard/contracts/routing';
import type { ServiceError } from '@switchyard/kernel';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authenticateByName } from './support/callers.ts';
import { type ConfigurationClients, openConfiguration } from './support/configuration-clients.ts';
import { type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
let routing: RoutingUnderTest;
let operator: ConfigurationClients;
let acme: ConfigurationClients;

beforeAll(async () => {
  routing = await startRouting({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    authenticate: authenticateByName,
  });
  const open = (key: string) => openConfiguration(routing.target.address, key);
  [operator, acme] = [open('admin@default!'), open('admin@acme')];
  for (const id of ['one', 'two'])
    await operator.createProvider({ id, models: [{ model: `m-${id}` } as never] });
  for (const id of ['front', 'back']) await operator.createPool({ id, members: [{ provider: 'one' }] });
});

afterAll(async () => {
  for (const clients of [operator, acme]) clients?.close();
  await routing?.[Symbol.asyncDispose]();
});

const refusal = async (promise: Promise<unknown>): Promise<unknown[]> => {
  const { code, reason, metadata } = await promise.then(
    () => {
      throw new Error('it should have been refused');
    },
    (error: ServiceError) => error,
  );
  return [code, reason, metadata.experiments];
};
const dividing = (variant: string) => ({
  model: 'front',
  variants: [
    { name: 'same', model: 'front', weight: 1 },
    { name: 'other', model: variant, weight: 1 },
  ],
});
const answered = async (model: string) => {
  const decisions = await Promise.all(Array.from({ length: 40 }, () => operator.route({ model })));
  return decisions.filter((decision) => (decision?.candidates.length ?? 0) > 0).length;
};

test('a pool that an experiment sends requests to is not removed before the experiment is gone', async () => {
  await operator.createExperiment({ id: 'pools', ...dividing('back') });
  await operator.startExperiment('pools');
  const inUse = ['FAILED_PRECONDITION', 'POOL_IN_USE', 'pools'];
  expect(await refusal(operator.deletePool('back'))).toEqual(inUse);
  // What the requests that are sent there would have met.
  expect(await answered('front')).toBe(40);
  await operator.promoteVariant('pools', 'other');
  expect(await refusal(operator.deletePool('back'))).toEqual(inUse);
  await operator.deleteExperiment('pools');
  await operator.deletePool('back');
  expect(await answered('front')).toBe(40);
});

test('the variant that was not promoted needs nobody any more', async () => {
  await operator.createPool({ id: 'back', members: [{ provider: 'one' }] });
  await operator.createExperiment({ id: 'kept', ...dividing('back') });
  await operator.startExperiment('kept');
  await operator.promoteVariant('kept', 'same');
  await operator.deletePool('back');
  expect((await operator.getExperiment('kept')).experiment?.state).toBe(ExperimentState.PROMOTED);
  await operator.deleteExperiment('kept');
});

test('what a tenant’s experiment names is not removed, and the operator is told whose', async () => {
  await acme.createExperiment({ id: 'by-name', tenant: 'acme', ...dividing('two/m-two') });
  await acme.startExperiment('by-name', 'acme');
  const inUse = ['FAILED_PRECONDITION', 'PROVIDER_IN_USE', 'by-name (tenant acme)'];
  expect(await refusal(operator.deleteProvider('two'))).toEqual(inUse);
  await acme.stopExperiment('by-name', 'acme');
  await operator.deleteProvider('two');
});

test('a whole document does not leave an experiment outside of it without its pool', async () => {
  await operator.createPool({ id: 'back', members: [{ provider: 'one' }] });
  await acme.createExperiment({ id: 'by-pool', tenant: 'acme', ...dividing('back') });
  await acme.startExperiment('by-pool', 'acme');
  const before = await operator.getConfiguration();
  const { configuration } = before;
  const without = { ...configuration, pools: configuration?.pools.filter(({ id }) => id !== 'back') };
  const inUse = ['FAILED_PRECONDITION', 'POOL_IN_USE', 'by-pool (tenant acme)'];
  expect(await refusal(operator.apply({ configuration: without as never, prune: true }))).toEqual(inUse);
  expect(await operator.getConfiguration()).toEqual(before);
});
