import { setTimeout as sleep } from 'node:timers/promises';
import { type Decision, ExperimentState } from '@switchyard/contracts/routing';
import { type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ConfigurationClients, openConfiguration } from './support/configuration-clients.ts';
import { type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
const CHANGES = 20;
let simulator: Simulator;
const replicas: RoutingUnderTest[] = [];
const clients: ConfigurationClients[] = [];

beforeAll(async () => {
  simulator = await startSimulator({
    providers: ['a', 'b'].map((name) => ({ name, format: 'openai-chat' as const, models: 'any' as const })),
  });
});

afterAll(async () => {
  await stopReplicas();
  await simulator?.close();
});

async function startReplicas(natsUrl: string): Promise<void> {
  const databaseUrl = await servers.postgres.createDatabase();
  for (let i = 0; i < 2; i++) {
    const replica = await startRouting({ databaseUrl, natsUrl, subjectPrefix: servers.nats.prefix });
    replicas.push(replica);
    clients.push(openConfiguration(replica.target.address, replica.target.apiKey));
  }
}

async function stopReplicas(): Promise<void> {
  for (const one of clients.splice(0)) one.close();
  for (const replica of replicas.splice(0)) await replica[Symbol.asyncDispose]();
}

/** A configuration of which every part tells its number: a decision on parts of two would show two numbers. */
const numbered = (number: number) => ({
  providers: ['a', 'b'].map((id) => ({
    id,
    wireFormat: 'openai-chat',
    baseUrl: `${simulator.providers[id]?.baseUrl}/v1`,
    models: [
      { model: 'm', capabilities: ['text', 'streaming'], contextTokens: 100_000, maxOutputTokens: 100 },
    ],
    priority: number,
    tags: [String(number)],
    simulated: true,
    endpoints: [{ id: 'only', weight: number }],
  })),
  pools: [
    {
      id: 'live',
      // Who is a member changes as well.
      members: (number % 2 === 0 ? ['a', 'b'] : ['b']).map((provider) => ({ provider, weight: number })),
    },
  ],
  // On parts of two nobody would carry the tag, and requests would fail.
  policies: [{ requirements: { tags: [String(number)] } }],
  // One ends and the next one begins in the same step; the one before them goes.
  experiments: [experiment(number - 1, ExperimentState.STOPPED), experiment(number, ExperimentState.RUNNING)],
});

/** Of which every request gets the variant that tells the number. */
const experiment = (number: number, state: ExperimentState) => ({
  id: `e${number}`,
  model: 'live',
  variants: [
    { name: `n${number}`, model: 'live', weight: 1 },
    { name: 'nobody', model: 'b/m', weight: 0 },
  ],
  state,
});

/** The number that a decision was made on. Throws where it shows several, or another than its version stands for. */
function numberOf(decision: Decision | undefined, numbers: ReadonlyMap<string, number>): number {
  const seen = new Set([
    Number(decision?.requirements?.tags[0]),
    Number(decision?.experiment.slice(1)),
    Number(decision?.variant.slice(1)),
    ...(decision?.candidates ?? []).flatMap(({ priority, weight, endpointWeight }) => [
      priority,
      weight,
      endpointWeight,
    ]),
  ]);
  const [number = -1] = seen;
  const version = decision?.snapshotVersion.split(':')[0] ?? '';
  expect([...seen]).toEqual([numbers.get(version)]);
  const members = decision?.candidates.map(({ provider }) => provider).sort();
  expect(members).toEqual(number % 2 === 0 ? ['a', 'b'] : ['b']);
  return number;
}

/** Whether a replica has a configuration already. */
const sees = async (one: ConfigurationClients, number: number): Promise<boolean> =>
  (await one.listPools()).some(({ members }) => members[0]?.weight === number);

/** Changes the configuration at either replica in turn, and notes which version has which number. */
const changer = (numbers: Map<string, number>) => async (number: number) => {
  const one = clients[number % 2] as ConfigurationClients;
  const { version } = await one.apply({ configuration: numbered(number) as never, prune: true });
  numbers.set(version, number);
};

/** Longer takes no change, on the slowest machine either. */
const LONGEST_MS = 5_000;

/** The delay that nine in ten keep to: a machine that stands still for a moment has one that is longer. */
const mostly = (delaysMs: readonly number[]): number =>
  delaysMs.toSorted((a, b) => a - b)[Math.ceil(delaysMs.length * 0.9) - 1] ?? Number.NaN;

test('changes under load: both replicas see each within a second, no request fails, no decision mixes two versions', {
  timeout: 120_000,
}, async () => {
  await startReplicas(servers.nats.url);
  const numbers = new Map<string, number>();
  const change = changer(numbers);
  await change(1);
  await vi.waitFor(
    async () => {
      for (const one of clients) numberOf(await one.route({ model: 'live' }), numbers);
    },
    { timeout: 30_000 },
  );

  let isOver = false;
  const decisions: (Decision | undefined)[] = [];
  const failures: unknown[] = [];
  let answered = 0;
  const load = clients.flatMap((one) =>
    [0, 1].map(async () => {
      while (!isOver) {
        try {
          decisions.push(await one.route({ model: 'live' }));
          await one.complete({ model: 'live' });
          answered += 1;
        } catch (error) {
          failures.push(error);
        }
      }
    }),
  );
  const delaysMs: number[] = [];
  for (let number = 2; number < 2 + CHANGES; number++) {
    await change(number);
    const changedAt = performance.now();
    await Promise.all(
      clients.map(async (one) => {
        while (numberOf(await one.route({ model: 'live' }), numbers) !== number) await sleep(5);
        delaysMs.push(performance.now() - changedAt);
      }),
    );
  }
  // One upon the other, so that replicas read while others write.
  for (let number = 2 + CHANGES; number < 2 + 4 * CHANGES; number++) await change(number);
  isOver = true;
  await Promise.all(load);
  expect(failures).toEqual([]);
  expect(mostly(delaysMs)).toBeLessThan(1_000);
  expect(Math.max(...delaysMs)).toBeLessThan(LONGEST_MS);
  expect(answered).toBeGreaterThan(CHANGES);
  expect(new Set(decisions.map((decision) => numberOf(decision, numbers))).size).toBeGreaterThan(CHANGES / 2);
  await stopReplicas();
});

test('without the bus a change is seen within a second all the same', { timeout: 120_000 }, async () => {
  await startReplicas('nats://127.0.0.1:1');
  const numbers = new Map<string, number>();
  const change = changer(numbers);
  const delaysMs: number[] = [];
  for (let number = 1_001; number <= 1_000 + CHANGES; number++) {
    await change(number);
    const changedAt = performance.now();
    for (const one of clients) while (!(await sees(one, number))) await sleep(5);
    delaysMs.push(performance.now() - changedAt);
    for (const one of clients) expect(numberOf(await one.route({ model: 'live' }), numbers)).toBe(number);
  }
  expect(mostly(delaysMs)).toBeLessThan(1_000);
  expect(Math.max(...delaysMs)).toBeLessThan(LONGEST_MS);
  await stopReplicas();
});
