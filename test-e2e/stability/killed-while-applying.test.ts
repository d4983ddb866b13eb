import { setTimeout as sleep } from 'node:timers/promises';
import {
  ApplyConfigurationRequest,
  ConfigurationAdminServiceClient,
  GetConfigurationRequest,
  type GetConfigurationResponse,
} from '@switchyard/contracts/routing';
import { ServiceError } from '@switchyard/kernel';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import { expect, test } from 'vitest';
import { runLoad } from '../support/run-load.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';

const KILLS = 4;
/** What a caller is told while the one that it asked is dead, or its database away. */
const PASSING = ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED'];

/** A pool and a policy that both tell the number of their document. */
const numbered = (number: number) =>
  ApplyConfigurationRequest.fromPartial({
    configuration: {
      pools: [
        {
          id: 'numbered',
          description: `document ${number}`,
          members: [{ model: 'sim-fast', weight: number }],
        },
      ],
      policies: [{ requirements: { maxCostNanoUsd: BigInt(1e12 + number) } }],
    },
  });

/** The numbers that the parts of a configuration tell: one, where it is whole. */
function numbersIn({ configuration }: GetConfigurationResponse): Set<number> {
  const { pools = [], policies = [] } = configuration ?? {};
  const told = [
    ...pools.map(({ description }) => Number(description.replace('document ', ''))),
    ...pools.flatMap(({ members }) => members.map(({ weight }) => Number(weight))),
    ...policies.map(({ requirements }) => Number(requirements?.maxCostNanoUsd ?? 0n) - 1e12),
  ];
  return new Set(told);
}

function administration({ fleet }: TestFleet, address: string) {
  const target = { address, apiKey: fleet.apiKey };
  const client = openGrpcClient(ConfigurationAdminServiceClient, target);
  const to = { target, timeoutMs: 5_000 };
  return {
    apply: (number: number) =>
      callUnary({ method: client.applyConfiguration.bind(client), request: numbered(number), ...to }),
    read: () =>
      callUnary({
        method: client.getConfiguration.bind(client),
        request: GetConfigurationRequest.create(),
        ...to,
      }),
    close: () => client.close(),
  };
}

test('routing and Postgres killed with -9 while documents are applied: each is stored whole or not at all, and the other replica answers all', {
  timeout: 240_000,
}, async () => {
  await using started = await startTestFleet({ routingReplicas: 2 });
  const { fleet, clients } = started;
  const [killed, other] = ['routing', 'routing-2'] as const;
  const writer = administration(started, fleet.process(killed).address);
  const reader = administration(started, fleet.process(other).address);
  const applied = new Set<number>();
  const unexpected: unknown[] = [];
  let number = 0;
  let isOver = false;
  const write = async () => {
    while (!isOver) {
      const mine = ++number;
      try {
        await writer.apply(mine);
        applied.add(mine);
      } catch (error) {
        if (!(error instanceof ServiceError && PASSING.includes(error.code))) unexpected.push(error);
        await sleep(50);
      }
    }
  };
  const writing = Promise.all([write(), write(), write()]);
  const load = runLoad({
    clients: [clients[1] as (typeof clients)[number]],
    requests: 4_000,
    concurrency: 16,
  });
  for (let round = 0; round < KILLS; round++) {
    await sleep(700);
    if (round === 1) {
      await fleet.servers.postgres.kill('SIGKILL');
      await fleet.servers.postgres.restart();
    } else {
      await fleet.process(killed).kill('SIGKILL');
      await fleet.process(killed).restart();
    }
  }
  const { failed } = await load;
  isOver = true;
  await writing;
  const last = await expect
    .poll(() => reader.read(), { timeout: 20_000 })
    .toBeDefined()
    .then(reader.read);
  writer.close();
  reader.close();

  expect(unexpected).toEqual([]);
  expect(applied.size).toBeGreaterThan(KILLS);
  expect(numbersIn(last).size).toBe(1);
  expect(failed.map(({ message }) => message)).toEqual([]);
});
