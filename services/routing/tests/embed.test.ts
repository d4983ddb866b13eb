import { busNames } from '@switchyard/contracts';
import { LineKind, UsageBatch, UsageRecord } from '@switchyard/contracts/events';
import { EmbedPurpose, EmbedRequest, type EmbedResponse } from '@switchyard/contracts/routing';
import type { RequestAuthorization } from '@switchyard/llm';
import { callUnary } from '@switchyard/service-kit';
import { type Simulator, startSimulator } from '@switchyard/testkit/simulator';
import { useServers } from '@switchyard/testkit/test-servers';
import { connect } from 'nats';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { bearer, readyKeys } from './support/ready-keys.ts';
import { type RoutingUnderTest, startRouting } from './support/start-routing.ts';

const servers = useServers({ postgres: true, nats: true });
let simulator: Simulator;
let routing: RoutingUnderTest;

const googleKey: RequestAuthorization = {
  kind: 'fixed',
  headers: { 'x-goog-api-key': 'test-key' },
  secrets: ['test-key'],
};
const vectors = (model: string) => ({
  model,
  catalogModel: '',
  capabilities: ['embeddings'],
  contextTokens: 100,
  maxOutputTokens: undefined,
});

beforeAll(async () => {
  simulator = await startSimulator({
    providers: [
      { name: 'first', format: 'openai-chat', models: 'any' },
      { name: 'second', format: 'openai-chat', models: 'any' },
      { name: 'google', format: 'gemini', models: 'any' },
      { name: 'claude', format: 'anthropic-messages', models: 'any' },
    ],
  });
  routing = await startRouting({
    databaseUrl: await servers.postgres.createDatabase(),
    natsUrl: servers.nats.url,
    subjectPrefix: servers.nats.prefix,
    secrets: readyKeys(({ id }) => (id === 'google' ? googleKey : bearer('test-key'))),
  });
  const { first, second, google, claude } = simulator.providers;
  await routing.addProvider({
    id: 'first',
    baseUrl: `${first?.baseUrl}/v1`,
    models: [vectors('small'), vectors('other')],
    priority: 10,
  });
  await routing.addProvider({
    id: 'second',
    baseUrl: `${second?.baseUrl}/v1`,
    models: [vectors('small'), vectors('other')],
    priority: 20,
  });
  await routing.addProvider({
    id: 'google',
    wireFormat: 'gemini',
    baseUrl: `${google?.baseUrl}/v1beta`,
    models: [vectors('gemini-embedding')],
    priority: 30,
  });
  await routing.addProvider({
    id: 'claude',
    wireFormat: 'anthropic-messages',
    baseUrl: `${claude?.baseUrl}/v1`,
    models: [vectors('impossible')],
    priority: 40,
  });
});

afterEach(() => simulator.clearFaults());

afterAll(async () => {
  await routing[Symbol.asyncDispose]();
  await simulator.close();
});

const text = (value: string) => ({ content: { $case: 'text' as const, value } });
const embed = (change: Parameters<typeof EmbedRequest.fromPartial>[0] = {}): Promise<EmbedResponse> =>
  callUnary({
    method: routing.inference.embed.bind(routing.inference),
    request: EmbedRequest.fromPartial({ model: 'small', inputs: [text('a red apple')], ...change }),
    target: routing.target,
    timeoutMs: 10_000,
  });
const cosine = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

test('each text gets its vector, in order: near texts near ones', async () => {
  const inputs = ['a red apple', 'a green apple', 'interest rates'].map(text);
  const { embeddings, route, usage } = await embed({ inputs });
  const [red, green, rates] = embeddings.map(({ values }) => values);
  expect(embeddings).toHaveLength(3);
  expect(cosine(red ?? [], green ?? [])).toBeGreaterThan(cosine(red ?? [], rates ?? []));
  expect(route).toMatchObject({ provider: 'first', model: 'small', fallbacks: 0 });
  expect(usage).toMatchObject({ inputTokens: 3 + 4 + 4, outputTokens: 0, estimated: false });
});

test('tokens and dimensions reach the provider', async () => {
  const inputs = [{ content: { $case: 'tokens' as const, value: { tokens: [5, 6, 7] } } }];
  const { embeddings, usage } = await embed({ inputs, dimensions: 8 });
  expect(embeddings[0]?.values).toHaveLength(8);
  expect(usage?.inputTokens).toBe(3);
});

test('Gemini is asked in its own words, and its usage is estimated, since it reports none', async () => {
  const { embeddings, route, usage } = await embed({
    model: 'gemini-embedding',
    inputs: [text('where are apples?'), text('in trees')],
    embedPurpose: EmbedPurpose.QUERY,
  });
  expect(embeddings).toHaveLength(2);
  expect(route?.provider).toBe('google');
  expect(usage).toMatchObject({ inputTokens: 5 + 2, outputTokens: 0, estimated: true });
});

test('what a wire format cannot say excludes its models, with the field', async () => {
  await expect(embed({ embedPurpose: EmbedPurpose.QUERY })).rejects.toMatchObject({
    code: 'FAILED_PRECONDITION',
    message: expect.stringContaining('embed_purpose'),
  });
  await expect(embed({ model: 'impossible' })).rejects.toMatchObject({
    code: 'FAILED_PRECONDITION',
    message: expect.stringContaining('embeddings are not offered by way of anthropic-messages'),
  });
});

test('another provider of the same model takes over, one of another model never: their vectors do not compare', async () => {
  const fail = (provider: string) =>
    simulator.setFaults({ provider, rules: [{ fault: { type: 'status', status: 503 } }] });
  const received = () =>
    Object.fromEntries(
      Object.entries(simulator.stats().providers).map(([name, stats]) => [name, stats.received]),
    );
  fail('first');
  expect((await embed()).route).toMatchObject({ provider: 'second', model: 'small', fallbacks: 1 });
  fail('second');
  const before = received();
  await expect(embed({ model: 'auto', failover: { maxRetries: 0 } })).rejects.toMatchObject({
    code: 'UNAVAILABLE',
  });
  const { first = 0, second = 0, google = 0 } = before;
  expect(received()).toMatchObject({ first: first + 1, second: second + 1, google });
});

test('input that is wrong is told by its field, all of it', async () => {
  const inputs = [text(''), {}, text('good')];
  await expect(embed({ inputs, dimensions: 0 })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    violations: [{ field: 'inputs[0].text' }, { field: 'inputs[1]' }, { field: 'dimensions' }],
  });
  await expect(embed({ inputs: [] })).rejects.toMatchObject({ violations: [{ field: 'inputs' }] });
});

test('each input has the context to itself', async () => {
  const third = text('x'.repeat(4 * 40));
  await expect(embed({ inputs: [third, third, third] })).resolves.toMatchObject({
    usage: { inputTokens: 120 },
  });
  await expect(embed({ inputs: [text('x'.repeat(4 * 101))] })).rejects.toMatchObject({
    code: 'FAILED_PRECONDITION',
    message: expect.stringContaining('context_length'),
  });
});

test('it is booked like every call: one record, no output', async () => {
  const connection = await connect({ servers: servers.nats.url });
  const records: UsageRecord[] = [];
  const { usageAll } = busNames(servers.nats.prefix);
  const subscription = connection.subscribe(usageAll, {
    callback: (_, { data }) => {
      for (const { record } of UsageBatch.decode(data).records) records.push(UsageRecord.decode(record));
    },
  });
  await connection.flush();
  const { requestId } = await embed();
  const mine = () => records.filter((record) => record.requestId === requestId);
  await vi.waitFor(() => expect(mine()).toHaveLength(1), 20_000);
  expect(mine()[0]).toMatchObject({
    line: LineKind.CHARGE,
    outcome: 'ok',
    stream: false,
    usage: { inputTokens: 3, outputTokens: 0 },
  });
  subscription.unsubscribe();
  await connection.close();
});
