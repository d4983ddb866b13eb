import { Provider, ProviderBatches } from '@switchyard/contracts/routing';
import { newApiKey } from '@switchyard/kernel';
import { bundledCatalog } from '@switchyard/llm/bundled-catalog';
import { callUnary } from '@switchyard/service-kit';
import { type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { FormData, fetch } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { stateDirWithPrices } from './support/kept-prices.ts';
import { type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
const CHAT = '/v1/chat/completions';
let simulator: Simulator;
let databaseUrl: string;
let routing: RoutingUnderTest;

/** As the bundled catalog has them, per token in nano-USD: half of the ordinary prices. */
const VENDORS = [
  { vendor: 'openai', format: 'openai-chat', model: 'gpt-4o-mini', input: 75, output: 300, base: '/v1' },
  {
    ...{ vendor: 'anthropic', format: 'anthropic-messages', model: 'claude-3-5-haiku-20241022' },
    ...{ input: 400, output: 2_000, base: '/v1' },
  },
] as const;

const env = {
  ROUTING_API_KEY: newApiKey(),
  ROUTING_PROVIDER_BATCH_MIN_LINES: '5',
  ROUTING_PROVIDER_BATCH_POLL_MS: '200',
};
const start = () =>
  startRouting({
    ...{ databaseUrl, natsUrl: servers.nats.url, subjectPrefix: servers.nats.prefix, env },
    catalog: bundledCatalog(),
    stateDir: stateDirWithPrices(
      VENDORS.map(({ vendor, model, input, output }) => ({
        ...{ provider: vendor, model },
        input: BigInt(input * 2) * 1_000_000n,
        output: BigInt(output * 2) * 1_000_000n,
      })),
    ),
  });

beforeAll(async () => {
  simulator = await startSimulator({
    providers: [
      { name: 'openai', format: 'openai-chat', models: 'any' },
      { name: 'anthropic', format: 'anthropic-messages', models: 'any' },
    ],
  });
  databaseUrl = await servers.postgres.createDatabase();
  routing = await start();
  for (const { vendor, format, model, base } of VENDORS)
    await routing.addProvider({
      ...{ id: vendor, wireFormat: format, catalogId: vendor, simulated: true },
      baseUrl: `${simulator.providers[vendor]?.baseUrl}${base}`,
      models: [{ model, catalogModel: '', capabilities: [] }],
    });
});

beforeEach(() => simulator.reset());
afterEach(() => {
  simulator.clearFaults();
  simulator.setBatches({ provider: '*', batches: {} });
});

afterAll(async () => {
  await routing?.[Symbol.asyncDispose]();
  await simulator?.close();
});

interface Batch {
  readonly id: string;
  readonly status: string;
  readonly output_file_id: string | null;
  readonly error_file_id: string | null;
  readonly request_counts: { readonly total: number; readonly completed: number; readonly failed: number };
  readonly switchyard: {
    readonly cost: { readonly total_nano_usd: string };
    readonly provider_batches: readonly {
      readonly provider: string;
      readonly id: string | null;
      readonly state: string;
      readonly lines: number;
      readonly returned: number;
    }[];
  };
}

interface Told {
  readonly custom_id: string;
  readonly response: { readonly status_code: number; readonly body: Record<string, unknown> } | null;
  readonly error: { readonly code: string } | null;
}

async function begin(model: string, lines: number, use?: 'on' | 'off'): Promise<string> {
  const texts = Array.from({ length: lines }, (_, i) =>
    JSON.stringify({
      ...{ custom_id: `l${i + 1}`, method: 'POST', url: CHAT },
      body: { model, max_tokens: 200, messages: [{ role: 'user', content: `Number ${i}` }] },
    }),
  );
  const form = new FormData();
  form.set('purpose', 'batch');
  form.set('file', new Blob([texts.join('\n')]), 'lines.jsonl');
  const file = await fetch(`${routing.httpUrl}/v1/files`, { method: 'POST', body: form });
  const answer = await fetch(`${routing.httpUrl}/v1/batches`, {
    method: 'POST',
    body: JSON.stringify({
      ...{ input_file_id: ((await file.json()) as Batch).id, endpoint: CHAT, completion_window: '24h' },
      ...(use !== undefined && { switchyard: { provider_batches: use } }),
    }),
  });
  return ((await answer.json()) as Batch).id;
}

/** A batch that somebody else has made with the same key, and that has ended. */
async function foreignBatch(lines: number): Promise<void> {
  const [, { model }] = VENDORS;
  const url = `${simulator.providers.anthropic?.baseUrl}/v1/messages/batches`;
  const headers = {
    'x-api-key': 'test-key',
    'anthropic-version': '2023-06-01',
    'content-type': 'application/json',
  };
  const requests = Array.from({ length: lines }, (_, i) => ({
    custom_id: `other-${i}`,
    params: { model, max_tokens: 5, messages: [{ role: 'user', content: 'Hi' }] },
  }));
  const made = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ requests }) });
  const { id } = (await made.json()) as Batch;
  await (await fetch(`${url}/${id}`, { headers })).text();
}

const get = async (id: string) =>
  (await (await fetch(`${routing.httpUrl}/v1/batches/${id}`)).json()) as Batch;
const reaches = (id: string, status: string) =>
  vi.waitFor(
    async () => {
      const batch = await get(id);
      expect(batch.status).toBe(status);
      return batch;
    },
    { timeout: 30_000, interval: 100 },
  );

async function told(fileId: string | null): Promise<Told[]> {
  if (fileId === null) return [];
  const text = await (await fetch(`${routing.httpUrl}/v1/files/${fileId}/content`)).text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);
}

const stats = (vendor: string) => {
  const found = simulator.stats().providers[vendor];
  if (found === undefined) throw new TypeError(vendor);
  return found;
};

describe.each(VENDORS)('$vendor', ({ vendor, model, input, output }) => {
  const costOf = (share = 1n) => {
    const { inputTokens, outputTokens } = stats(vendor).tokens;
    return (BigInt(inputTokens * input) + BigInt(outputTokens * output)) * share;
  };

  test('lines go as one batch of the provider, are told in their order, and cost what it bills at batch prices', async () => {
    const batch = await reaches(await begin(model, 12), 'completed');
    const [handed, ...others] = batch.switchyard.provider_batches;
    expect(handed).toMatchObject({ provider: vendor, state: 'ended', lines: 12, returned: 0 });
    expect(handed?.id).toMatch(/batch_/);
    expect(others).toEqual([]);
    expect(stats(vendor).batches).toEqual({ created: 1, ended: 1, lines: 12, served: 12 });
    expect(stats(vendor).served).toBe(12);
    const lines = await told(batch.output_file_id);
    expect(lines.map(({ custom_id }) => custom_id)).toEqual(
      Array.from({ length: 12 }, (_, i) => `l${i + 1}`),
    );
    for (const { response } of lines)
      expect(response).toMatchObject({ status_code: 200, body: { object: 'chat.completion', model } });
    expect(BigInt(batch.switchyard.cost.total_nano_usd)).toBe(costOf());
  });

  test('an error is of its line; one that may pass is asked again by itself, at the ordinary price', async () => {
    simulator.setFaults({
      provider: vendor,
      rules: [
        { count: 1, fault: { type: 'status', status: 400 } },
        { count: 1, fault: { type: 'status', status: 500 } },
      ],
    });
    const batch = await reaches(await begin(model, 8), 'completed');
    expect(batch.request_counts).toEqual({ total: 8, completed: 7, failed: 1 });
    const [failed] = await told(batch.error_file_id);
    expect(failed).toMatchObject({ custom_id: 'l1', response: { status_code: 400 } });
    expect(batch.switchyard.provider_batches).toMatchObject([{ state: 'ended', lines: 8, returned: 1 }]);
    expect(stats(vendor).batches.served).toBe(6);
    // Seven answers, of which one was charged twice as much: every prompt and answer here is of the same size but for rounding.
    expect(BigInt(batch.switchyard.cost.total_nano_usd)).toBeGreaterThan(costOf());
    expect(BigInt(batch.switchyard.cost.total_nano_usd)).toBeLessThan(costOf(2n));
  });

  test('what the provider did not get to in time is asked by itself', async () => {
    simulator.setBatches({ provider: vendor, batches: { expireAfterLines: 5 } });
    const batch = await reaches(await begin(model, 9), 'completed');
    expect(batch.request_counts).toEqual({ total: 9, completed: 9, failed: 0 });
    expect(batch.switchyard.provider_batches).toMatchObject([{ state: 'ended', lines: 9, returned: 4 }]);
    expect(stats(vendor).batches).toMatchObject({ created: 1, served: 5 });
    expect(stats(vendor).served).toBe(9);
  });

  test('a batch whose answer was lost is found at the provider, and not submitted again', async () => {
    simulator.setBatches({ provider: vendor, batches: { dropCreated: 1, processMs: 600 } });
    const batch = await reaches(await begin(model, 7), 'completed');
    expect(batch.request_counts.completed).toBe(7);
    expect(stats(vendor).batches).toEqual({ created: 1, ended: 1, lines: 7, served: 7 });
    expect(stats(vendor).served).toBe(7);
    expect(BigInt(batch.switchyard.cost.total_nano_usd)).toBe(costOf());
  });

  test('a cancelled batch is cancelled at the provider, and costs nothing', async () => {
    simulator.setBatches({ provider: vendor, batches: { processMs: 60_000 } });
    const id = await begin(model, 6);
    await vi.waitFor(
      async () => expect((await get(id)).switchyard.provider_batches[0]?.id).toBeTruthy(),
      20_000,
    );
    await fetch(`${routing.httpUrl}/v1/batches/${id}/cancel`, { method: 'POST' });
    const batch = await reaches(id, 'cancelled');
    expect(batch.request_counts).toEqual({ total: 6, completed: 0, failed: 0 });
    expect(stats(vendor).batches).toEqual({ created: 1, ended: 1, lines: 6, served: 0 });
    expect(batch.switchyard.cost.total_nano_usd).toBe('0');
  });

  test('a replica that stops leaves the batch to the next one', async () => {
    simulator.setBatches({ provider: vendor, batches: { processMs: 2_000 } });
    const id = await begin(model, 6);
    await vi.waitFor(
      async () => expect((await get(id)).switchyard.provider_batches[0]?.id).toBeTruthy(),
      20_000,
    );
    await routing[Symbol.asyncDispose]();
    routing = await start();
    const batch = await reaches(id, 'completed');
    expect(batch.request_counts.completed).toBe(6);
    expect(stats(vendor).batches).toEqual({ created: 1, ended: 1, lines: 6, served: 6 });
    expect(BigInt(batch.switchyard.cost.total_nano_usd)).toBe(costOf());
  });
});

test('a batch that is looked for goes on while results of another one cannot be read', async () => {
  const [, { vendor, model }] = VENDORS;
  // Ended, of as many lines, and nobody's here: it may be the one whose answer was lost until its first result is read.
  await foreignBatch(7);
  simulator.setBatches({
    provider: vendor,
    batches: { dropCreated: 1, processMs: 600, failures: [{ on: 'content', status: 503, count: 2 }] },
  });
  const batch = await reaches(await begin(model, 7), 'completed');
  expect(batch.request_counts).toEqual({ total: 7, completed: 7, failed: 0 });
  expect(stats(vendor).batches.created).toBe(2);
  expect(stats(vendor).served).toBe(14);
});

const [{ vendor, model }] = VENDORS;

test.each([
  ['too few lines', 4, undefined, 0],
  ['too few lines, but it was asked for', 4, 'on' as const, 1],
  ['enough lines, but it was not wanted', 8, 'off' as const, 0],
])('%s: %d lines', async (_, lines, use, batches) => {
  const batch = await reaches(await begin(model, lines, use), 'completed');
  expect(batch.request_counts.completed).toBe(lines);
  expect(stats(vendor).batches.created).toBe(batches);
});

test('a batch that the provider refuses after a look at it is asked line by line', async () => {
  simulator.setBatches({ provider: vendor, batches: { failWith: 'model_mismatch' } });
  const batch = await reaches(await begin(model, 6), 'completed');
  expect(batch.request_counts.completed).toBe(6);
  expect(batch.switchyard.provider_batches).toMatchObject([{ state: 'ended', returned: 6 }]);
});

test('providers are told by an update whether they take batches', async () => {
  const update = (batches: ProviderBatches) =>
    callUnary({
      method: routing.admin.updateProvider.bind(routing.admin),
      request: { provider: Provider.fromPartial({ id: vendor, batches }), updateMask: ['batches'] },
      ...{ target: routing.target, timeoutMs: 5_000 },
    });
  await update(ProviderBatches.OFF);
  await reaches(await begin(model, 6), 'completed');
  expect(stats(vendor).batches.created).toBe(0);
  await update(ProviderBatches.ON);
  await reaches(await begin(model, 6), 'completed');
  expect(stats(vendor).batches.created).toBe(1);
});
