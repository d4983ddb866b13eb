import { type SwitchyardClient, textRequest } from '@switchyard/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ledgerWith, queryFleet } from '../support/ledger-rows.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';
import { runSwitchyard } from './run-switchyard.ts';

const REQUESTS = 400;
const AGENTS = 200;

let started: TestFleet;

beforeAll(async () => {
  started = await startTestFleet({ routingReplicas: 2 });
});

afterAll(() => started?.[Symbol.asyncDispose]());

const run = (...args: string[]) => runSwitchyard(['experiments', ...args], { env: started.fleet.devEnv });

/** What a command prints for people; it must not fail. */
async function textOf(...args: string[]): Promise<string> {
  const { code, out, err } = await run(...args);
  expect([code, err], args.join(' ')).toEqual([0, '']);
  return out;
}

interface ShownVariant {
  readonly name: string;
  readonly requests: string;
  readonly costNanoUsd: { readonly count: string; readonly mean: number };
}

async function shown(id: string): Promise<{ variants: ShownVariant[]; winner: string }> {
  return JSON.parse(await textOf('show', id, '--json')).results;
}

/** Asks for the name that is divided. @returns the model that answered */
async function askAs(agent: number, client: SwitchyardClient): Promise<string | undefined> {
  // Questions of different lengths, so that not all cost the same.
  const request = textRequest('sim-smart', `Question ${'word '.repeat(1 + (agent % 40))}`);
  const { route } = await client.complete(
    { ...request, context: { agent: `agent-${agent}` } },
    { timeoutMs: 20_000 },
  );
  return route?.model;
}

const replicas = () => started.clients as readonly [SwitchyardClient, SwitchyardClient];

test('what is wrong is told before anything is kept', async () => {
  expect(await textOf()).toMatch(/^There are no experiments/);
  const unknown = await run(
    'create',
    'e1',
    '--model',
    'sim-smart',
    '--variant',
    'a=sim-smart',
    '--variant',
    'b=sim-fst',
  );
  expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('experiment.variants[1].model')]);
  expect(unknown.err).toContain('near it: sim-fast');
  for (const args of [
    ['run'],
    ['start'],
    ['promote', 'e1'],
    ['stop', 'e1', 'now'],
    ['create', 'e1', '--variant', 'a'],
  ])
    expect((await run(...args)).code, args.join(' ')).toBe(2);
  expect((await run('show', 'none')).err).toMatch(/^EXPERIMENT_NOT_FOUND/);
  expect(await textOf()).toMatch(/^There are no experiments/);
});

test('an experiment from draft to promotion: sticky over two replicas, its figures are the ledger’s, the cheaper wins', {
  timeout: 120_000,
}, async () => {
  const variants = ['--variant', 'control=sim-smart', '--variant', 'new=sim-fast'];
  await textOf('create', 'fast-enough', '--model', 'sim-smart', ...variants, '--sticky-by', 'agent');
  expect(await textOf()).toMatch(/^fast-enough +\(installation\) +sim-smart +draft +control new +cost/m);
  await textOf('start', 'fast-enough');
  for (const client of replicas())
    await expect
      .poll(async () => (await client.route(textRequest('sim-smart', 'x'))).experiment)
      .toBe('fast-enough');

  const routed = await runSwitchyard(['route', '--model', 'sim-smart'], { env: started.fleet.devEnv });
  expect(routed.out).toMatch(/ As (control|new) of the experiment fast-enough\.\n$/);

  const answeredBy = new Map<number, Set<string | undefined>>();
  for (let i = 0; i < REQUESTS; i += 20)
    await Promise.all(
      Array.from({ length: 20 }, async (_, j) => {
        const agent = (i + j) % AGENTS;
        const client = replicas()[i + j < AGENTS ? 0 : 1] as SwitchyardClient;
        const model = await askAs(agent, client);
        answeredBy.set(agent, (answeredBy.get(agent) ?? new Set()).add(model));
      }),
    );
  expect([...answeredBy.values()].every(({ size }) => size === 1)).toBe(true);

  const { variants: found, winner } = await vi.waitFor(
    async () => {
      const results = await shown('fast-enough');
      expect(results.variants.reduce((sum, { requests }) => sum + Number(requests), 0)).toBe(REQUESTS);
      return results;
    },
    { timeout: 20_000, interval: 500 },
  );
  expect((await ledgerWith(started.fleet, { rows: REQUESTS, withinMs: 60_000 })).length).toBe(REQUESTS);
  const ledger = await queryFleet<{ model: string; requests: string; total: string }>(
    started.fleet,
    `SELECT model, count(*)::text AS requests, sum(amount_nano_usd)::text AS total
     FROM cost_accounting.ledger WHERE purpose <> 'probe' AND requested_model = 'sim-smart' GROUP BY model`,
  );
  for (const [name, model] of [
    ['control', 'sim-smart'],
    ['new', 'sim-fast'],
  ]) {
    const row = ledger.find((one) => one.model === model);
    const variant = found.find((one) => one.name === name) as ShownVariant;
    expect([variant.requests, variant.costNanoUsd.count]).toEqual([row?.requests, row?.requests]);
    expect(variant.costNanoUsd.mean * Number(row?.requests)).toBeCloseTo(Number(row?.total), 0);
  }
  expect(winner).toBe('new');
  const table = await textOf('show', 'fast-enough');
  expect(table).toMatch(
    /^new +sim-fast +50\.0 % +\d+ +0\.0 % +\$0\.\d+ +.* -\$0\.\d+ ± \$0\.\d+ +< 0\.0001$/m,
  );
  expect(table).toMatch(/^Winner: new\. Against control: -\$/m);

  expect((await run('delete', 'fast-enough')).err).toContain('runs and cannot be removed; stop it first');
  await textOf('promote', 'fast-enough', 'new');
  const models = () => Promise.all(Array.from({ length: 10 }, (_, i) => askAs(i, replicas()[1])));
  await expect
    .poll(async () => new Set(await models()), { timeout: 20_000, interval: 100 })
    .toEqual(new Set(['sim-fast']));
  expect(await textOf('list')).toMatch(/^fast-enough .* new is promoted /m);
  await textOf('delete', 'fast-enough');
  expect(await textOf('list')).toMatch(/^There are no experiments/);
});
