import { rmSync } from 'node:fs';
import {
  ModerateRequest,
  type ModerateResponse,
  ModerationScope,
  RerankRequest,
  type RerankResponse,
} from '@switchyard/contracts/routing';
import { callUnary } from '@switchyard/service-kit';
import { type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { stateDirWithPrices } from './support/kept-prices.ts';
import { type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
let simulator: Simulator;
let routing: RoutingUnderTest;

/** 2 USD per thousand searches. */
const PER_SEARCH = 2_000_000_000_000n;
const stateDir = stateDirWithPrices([
  { provider: 'first', model: 'by-token', input: 50_000_000n },
  { provider: 'first', model: 'by-search', query: PER_SEARCH },
  { provider: 'first', model: 'free', input: 0n },
  { provider: 'cohere', model: 'rerank-v3.5', query: PER_SEARCH },
]);
const offered = (model: string, ...capabilities: string[]) => ({
  model,
  catalogModel: '',
  capabilities,
  contextTokens: 10_000,
  maxOutputTokens: undefined,
});

beforeAll(async () => {
  simulator = await startSimulator({
    providers: [
      { name: 'first', format: 'openai-chat', models: 'any' },
      { name: 'claude', format: 'anthropic-messages', models: 'any' },
      { name: 'cohere', format: 'cohere-v2', models: 'any' },
    ],
  });
  routing = await startRouting({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    stateDir,
  });
  const { first, claude, cohere } = simulator.providers;
  await routing.addProvider({
    id: 'first',
    baseUrl: `${first?.baseUrl}/v1`,
    models: [
      offered('by-token', 'rerank'),
      offered('by-search', 'rerank'),
      offered('free', 'moderation', 'vision'),
      offered('chatty', 'text', 'streaming'),
    ],
  });
  await routing.addProvider({
    id: 'cohere',
    wireFormat: 'cohere-v2',
    baseUrl: `${cohere?.baseUrl}/v2`,
    models: [offered('rerank-v3.5', 'rerank')],
  });
  await routing.addProvider({
    id: 'claude',
    wireFormat: 'anthropic-messages',
    baseUrl: `${claude?.baseUrl}/v1`,
    models: [offered('impossible', 'rerank', 'moderation')],
  });
});

afterEach(() => simulator.clearFaults());

afterAll(async () => {
  await routing[Symbol.asyncDispose]();
  await simulator.close();
  rmSync(stateDir, { recursive: true });
});

const DOCUMENTS = ['interest rates', 'a green apple', 'apple trees bear fruit'];
const rerank = (change: Parameters<typeof RerankRequest.fromPartial>[0] = {}): Promise<RerankResponse> =>
  callUnary({
    method: routing.inference.rerank.bind(routing.inference),
    request: RerankRequest.fromPartial({
      model: 'by-token',
      query: 'apple',
      documents: DOCUMENTS,
      ...change,
    }),
    target: routing.target,
    timeoutMs: 10_000,
  });
const text = (value: string) => ({ content: { $case: 'text' as const, value } });
const moderate = (
  change: Parameters<typeof ModerateRequest.fromPartial>[0] = {},
): Promise<ModerateResponse> =>
  callUnary({
    method: routing.inference.moderate.bind(routing.inference),
    request: ModerateRequest.fromPartial({ model: 'free', inputs: [text('good morning')], ...change }),
    target: routing.target,
    timeoutMs: 10_000,
  });
const post = async (path: string, body: object) => {
  const response = await fetch(`${routing.httpUrl}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${routing.target.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
};

test('documents come in the order of what they have to do with the query, priced by the token', async () => {
  const { results, usage, cost, route } = await rerank();
  expect(results.map(({ index }) => index)).toEqual([1, 2, 0]);
  expect(route).toMatchObject({ provider: 'first', model: 'by-token' });
  expect(usage).toMatchObject({ outputTokens: 0, estimated: false });
  // 50 nano-USD a token.
  expect(cost?.totalNanoUsd).toBe(BigInt(usage?.inputTokens ?? 0) * 50n);
  expect((await rerank({ topN: 1 })).results).toHaveLength(1);
});

test('searches that Cohere reports are charged, and nothing beside them', async () => {
  const documents = Array.from({ length: 150 }, (_, i) => `document ${i}`);
  const { results, usage, cost } = await rerank({ model: 'rerank-v3.5', documents, topN: 3 });
  expect(results).toHaveLength(3);
  expect(usage).toMatchObject({ searches: 2, inputTokens: 0, outputTokens: 0, estimated: false });
  expect(cost).toMatchObject({ totalNanoUsd: 4_000_000n, componentsNanoUsd: { query: 4_000_000n } });
});

test('a search that the provider does not report is counted, charged once, and marked as estimated', async () => {
  simulator.setFaults({ provider: 'first', rules: [{ fault: { type: 'omit-usage' } }] });
  const documents = Array.from({ length: 201 }, (_, i) => `document ${i}`);
  const { usage, cost } = await rerank({ model: 'by-search', documents });
  expect(usage).toMatchObject({ searches: 3, inputTokens: 0, outputTokens: 0, estimated: true });
  expect(cost).toMatchObject({ totalNanoUsd: 6_000_000n, componentsNanoUsd: { query: 6_000_000n } });
});

test('a limit of the cost holds for searches, too', async () => {
  const within = { requirements: { maxCostNanoUsd: 2_000_000n } };
  await expect(rerank({ model: 'by-search', ...within })).resolves.toBeDefined();
  const documents = Array.from({ length: 101 }, (_, i) => `document ${i}`);
  await expect(rerank({ model: 'by-search', documents, ...within })).rejects.toMatchObject({
    code: 'FAILED_PRECONDITION',
    message: expect.stringContaining('max_cost'),
  });
});

test('texts are judged each by itself, parts of a message together, and it is free where the price is 0', async () => {
  const inputs = ['good morning', 'I will kill the process, you idiot'].map(text);
  const each = await moderate({ inputs });
  expect(each.results.map(({ flagged }) => flagged)).toEqual([false, true]);
  expect(each.results[1]?.categories).toMatchObject([
    { name: 'harassment', flagged: true, score: 0.98, inputTypes: ['text'] },
    { name: 'self-harm', flagged: false },
    { name: 'violence', flagged: true },
  ]);
  expect(each.cost?.totalNanoUsd).toBe(0n);
  const image = { content: { $case: 'imageUrl' as const, value: 'data:image/png;base64,aGk=' } };
  const together = await moderate({ inputs: [...inputs, image], scope: ModerationScope.TOGETHER });
  expect(together.results).toHaveLength(1);
});

test('who does other work is no candidate, and a format that cannot say it is named', async () => {
  await expect(rerank({ model: 'chatty' })).rejects.toMatchObject({
    message: expect.stringContaining('rerank'),
  });
  for (const asked of [rerank({ model: 'impossible' }), moderate({ model: 'impossible' })])
    await expect(asked).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: expect.stringContaining('are not offered by way of anthropic-messages'),
    });
  expect((await rerank({ model: 'auto' })).route?.model).not.toBe('chatty');
});

test('what is wrong is told by its field, all of it', async () => {
  await expect(rerank({ query: '', documents: ['a', ''], topN: 0 })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    violations: [{ field: 'query' }, { field: 'documents[1]' }, { field: 'top_n' }],
  });
  const http = { content: { $case: 'imageUrl' as const, value: 'http://x/y.png' } };
  await expect(moderate({ inputs: [text(''), http, {}], scope: 9 as ModerationScope })).rejects.toMatchObject(
    {
      violations: [
        { field: 'inputs[0].text' },
        { field: 'inputs[1].image_url' },
        { field: 'inputs[2]' },
        { field: 'scope' },
      ],
    },
  );
});

test('over HTTP: as Jina and Cohere have ranking, and OpenAI moderation', async () => {
  const asked = { model: 'by-token', query: 'apple', documents: DOCUMENTS, return_documents: true };
  const ranked = await post('/v1/rerank', asked);
  expect(ranked).toMatchObject({
    status: 200,
    body: { results: [{ index: 1, document: { text: 'a green apple' } }, { index: 2 }, { index: 0 }] },
  });
  expect(ranked.headers.get('x-switchyard-provider')).toBe('first');
  expect((await post('/v2/rerank', asked)).status).toBe(200);
  const judged = await post('/v1/moderations', { model: 'free', input: 'kill' });
  expect(judged.body).toMatchObject({ results: [{ flagged: true, categories: { violence: true } }] });
  const wrong = await post('/v1/rerank', { model: 'by-token', query: 'apple', documents: [''] });
  expect(wrong).toMatchObject({ status: 400, body: { error: { param: 'documents[0]' } } });
  const excluded = await post('/v1/moderations', { model: 'by-token', input: 'a' });
  expect(excluded.status).toBe(400);
});
