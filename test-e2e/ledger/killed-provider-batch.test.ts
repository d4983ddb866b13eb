import { Budget, BudgetPeriod, BudgetServiceClient } from '@switchyard/contracts/cost';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import { insist } from '@switchyard/testkit/insist';
import OpenAI, { toFile } from 'openai';
import { expect, test, vi } from 'vitest';
import { queryFleet } from '../support/ledger-rows.ts';
import { SimulatorControl } from '../support/simulator-control.ts';
import { startTestFleet } from '../support/test-fleet.ts';

const LINES = 40;
const MODEL = 'gpt-4o-mini';
/** Batch prices of the catalog, in nano-USD per token: half of the ordinary ones. */
const INPUT = 75n;
const OUTPUT = 300n;

interface Told {
  readonly id: string;
  readonly status: string;
  readonly output_file_id?: string | null;
  readonly switchyard: {
    readonly cost: { readonly total_nano_usd: string };
    readonly provider_batches?: readonly { readonly id: string | null; readonly lines: number }[];
  };
}

test('a replica is killed with -9 while a provider has its batch: another one settles it; every line is charged once, at batch prices', {
  timeout: 240_000,
}, async () => {
  await using started = await startTestFleet({
    routingReplicas: 2,
    providers: [{ id: 'vendor', format: 'openai-chat', catalogId: 'openai' }],
    processEnv: {
      routing: { ROUTING_PROVIDER_BATCH_MIN_LINES: '10', ROUTING_PROVIDER_BATCH_POLL_MS: '300' },
      // The budget counts the batch alone.
      'health-probe': { HEALTH_PROBE_ACTIVE: 'false' },
    },
  });
  const { fleet } = started;
  const control = new SimulatorControl(fleet.simulatorUrl);
  await control.setBatches('vendor', { processMs: 5_000 });
  const clientOf = (replica: string) =>
    new OpenAI({ apiKey: fleet.apiKey, baseURL: `${fleet.process(replica).spec.httpUrl}/v1` });
  const spent = await withBudget(fleet);
  // The first one is to have it.
  await fleet.process('routing-2').stop();
  const first = clientOf('routing');
  const lines = Array.from({ length: LINES }, (_, i) =>
    JSON.stringify({
      ...{ custom_id: `line-${i}`, method: 'POST', url: '/v1/chat/completions' },
      body: { model: MODEL, max_tokens: 100, messages: [{ role: 'user', content: `Number ${i}` }] },
    }),
  );
  const file = await toFile(Buffer.from(lines.join('\n')), 'in.jsonl');
  const input = await first.files.create({ purpose: 'batch', file });
  const { id } = await first.batches.create({
    input_file_id: input.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  });
  const told = async (client: OpenAI) => (await client.batches.retrieve(id)) as unknown as Told;
  await vi.waitFor(
    async () => expect((await told(first)).switchyard.provider_batches?.[0]?.id).toBeTruthy(),
    { timeout: 30_000, interval: 50 },
  );
  await fleet.process('routing').kill('SIGKILL');
  await fleet.process('routing-2').restart();
  const second = clientOf('routing-2');
  const batch = await vi.waitFor(
    async () => {
      const found = await told(second);
      expect(found.status).toBe('completed');
      return found;
    },
    { timeout: 120_000, interval: 500 },
  );
  // What it had written down is told by its next process.
  await fleet.process('routing').restart();
  const text = await (await second.files.content(batch.output_file_id ?? '')).text();
  const names = text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { readonly custom_id: string }).custom_id);
  expect(names).toEqual(lines.map((_, i) => `line-${i}`));

  const { vendor } = (await control.stats()).providers;
  expect(vendor?.batches).toEqual({ created: 1, ended: 1, lines: LINES, served: LINES });
  const { inputTokens = 0, outputTokens = 0 } = vendor?.models[MODEL]?.tokens ?? {};
  const billed = BigInt(inputTokens) * INPUT + BigInt(outputTokens) * OUTPUT;
  expect(billed).toBeGreaterThan(0n);
  expect(batch.switchyard.cost.total_nano_usd).toBe(String(billed));
  await vi.waitFor(
    async () => {
      const rows = await queryFleet<{
        line: string;
        count: number;
        attempts: number;
        nano_usd: string | null;
      }>(
        fleet,
        `SELECT line, count(*)::int AS count, count(DISTINCT attempt_id)::int AS attempts, sum(amount_nano_usd)::text AS nano_usd
         FROM cost_accounting.ledger WHERE labels->>'batch' = '${id}' GROUP BY line ORDER BY line`,
      );
      expect(rows).toEqual([
        { line: 'charge', count: LINES, attempts: LINES, nano_usd: String(billed) },
        { line: 'reserved', count: LINES, attempts: LINES, nano_usd: '0' },
      ]);
      // What was set aside has made room for what was used.
      expect(await spent()).toBe(billed);
    },
    { timeout: 60_000, interval: 500 },
  );
});

type Fleet = Awaited<ReturnType<typeof startTestFleet>>['fleet'];

/** Puts a hard budget in force. @returns what tells how much of it is spent */
async function withBudget(fleet: Fleet): Promise<() => Promise<bigint | undefined>> {
  const target = { address: fleet.process('cost-accounting').address, apiKey: fleet.apiKey };
  const client = openGrpcClient(BudgetServiceClient, target);
  const at = { target, timeoutMs: 10_000 };
  const budget = Budget.fromPartial({ id: 'all', limit: 1_000_000_000n, period: BudgetPeriod.TOTAL });
  const method = client.createBudget.bind(client);
  await insist(() => callUnary({ ...at, method, request: { budget } }));
  // Replicas are told of it within two seconds.
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  return async () => {
    const { budget: found } = await callUnary({
      ...at,
      method: client.getBudget.bind(client),
      request: { id: 'all', tenant: '' },
    });
    return found?.standing?.spent;
  };
}
