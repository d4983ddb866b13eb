import type { ServiceError } from '@switchyard/kernel';
import { useServers } from '@switchyard/testkit/test-servers';
import { expect, test } from 'vitest';
import { openConfiguration } from './support/configuration-clients.ts';
import { readyKeys } from './support/ready-keys.ts';
import { startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });

test('where a secret turns out to be missing only at the call, each candidate is told with its reason', async () => {
  await using routing = await startRouting({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    secrets: { ...readyKeys(async () => undefined), stateOf: () => 'unknown' },
  });
  const operator = openConfiguration(routing.target.address, routing.target.apiKey);
  const models = [{ model: 'm' } as never];
  await operator.createProvider({ id: 'one', models, endpoints: [{ id: 'eu' } as never] });
  await operator.createProvider({ id: 'two', models });
  const { code, reason, message, metadata }: ServiceError = await operator.complete({ model: 'm' }).then(
    () => {
      throw new Error('it should have failed');
    },
    (error: ServiceError) => error,
  );
  expect([code, reason]).toEqual(['FAILED_PRECONDITION', 'NO_CANDIDATE']);
  const why = 'its secret cannot be had now';
  expect(metadata).toMatchObject({ 'one/m#eu': why, 'two/m': why });
  expect(message).toMatch(/none of 2 candidates can be called; .*switchyard providers/);
  operator.close();
});
