import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Simulator } from '../../simulator.ts';
import { startSimulator } from '../../start-simulator.ts';
import { exchange } from '../../testing/raw-exchange.ts';

const ACCESS_KEY = 'AKIASIMULATED0000000';
const SECRET = 'a/secret+of/the/simulated/key';
/** An id as Bedrock's are: its colon is encoded once in the path, and twice in what is signed. */
const MODEL = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({
    providers: [
      {
        name: 'bedrock',
        format: 'bedrock-converse',
        models: 'any',
        apiKeys: [`${ACCESS_KEY}:${SECRET}`, 'a-key'],
      },
    ],
  });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const baseUrl = (): string => simulator.providers.bedrock?.baseUrl as string;

function clientOf(credentials: object = {}): BedrockRuntimeClient {
  return new BedrockRuntimeClient({
    endpoint: baseUrl(),
    region: 'eu-central-1',
    credentials: { accessKeyId: ACCESS_KEY, secretAccessKey: SECRET, ...credentials },
    requestHandler: new NodeHttpHandler(),
    maxAttempts: 1,
  });
}

const HELLO: ConverseCommandInput = {
  modelId: MODEL,
  messages: [{ role: 'user', content: [{ text: 'hello' }] }],
};
const TOOLS: ConverseCommandInput = {
  ...HELLO,
  messages: [{ role: 'user', content: [{ text: 'call the tools' }] }],
  toolConfig: {
    tools: ['get_tide', 'get_wind'].map((name) => ({
      toolSpec: { name, inputSchema: { json: { type: 'object', properties: {} } } },
    })),
  },
};

async function streamOf(input: ConverseCommandInput): Promise<ConverseStreamOutput[]> {
  const { stream } = await clientOf().send(new ConverseStreamCommand(input));
  const events: ConverseStreamOutput[] = [];
  for await (const event of stream ?? []) events.push(event);
  return events;
}

test("AWS's client: an answer, with its usage", async () => {
  const answer = await clientOf().send(new ConverseCommand(HELLO));
  expect(answer).toMatchObject({
    output: {
      message: { role: 'assistant', content: [{ text: expect.stringMatching(/^Simulated answer:/) }] },
    },
    stopReason: 'end_turn',
    usage: { totalTokens: (answer.usage?.inputTokens ?? 0) + (answer.usage?.outputTokens ?? 0) },
  });
  expect(simulator.attempts().records.at(-1)).toMatchObject({
    model: MODEL,
    stream: false,
    outcome: 'complete',
  });
});

test("AWS's client: a stream, in the order of the real one, gives the same answer", async () => {
  const events = await streamOf(HELLO);
  const kinds = events.map((event) => Object.keys(event)[0]);
  expect([kinds[0], kinds[1], ...kinds.slice(-3)]).toEqual([
    'messageStart',
    'contentBlockDelta',
    'contentBlockStop',
    'messageStop',
    'metadata',
  ]);
  const text = events.map(({ contentBlockDelta }) => contentBlockDelta?.delta?.text ?? '').join('');
  simulator.reset();
  const { output, usage } = await clientOf().send(new ConverseCommand(HELLO));
  expect(output?.message?.content).toEqual([{ text }]);
  expect(events.at(-1)?.metadata?.usage).toEqual(usage);
});

test("AWS's client: tools are called, whole and streamed, and their results are answered", async () => {
  const { output, stopReason } = await clientOf().send(new ConverseCommand(TOOLS));
  const asked = output?.message?.content ?? [];
  expect(stopReason).toBe('tool_use');
  expect(asked.map(({ toolUse }) => toolUse?.name)).toEqual(['get_tide', 'get_wind']);
  const started = (await streamOf(TOOLS)).flatMap(
    ({ contentBlockStart }) => contentBlockStart?.start?.toolUse?.name ?? [],
  );
  expect(started).toEqual(['get_tide', 'get_wind']);
  const results = asked.map(({ toolUse }) => ({
    toolResult: { toolUseId: toolUse?.toolUseId, content: [{ text: 'calm' }] },
  }));
  const messages = [
    ...(TOOLS.messages ?? []),
    { role: 'assistant' as const, content: asked },
    { role: 'user' as const, content: results },
  ];
  const next = await clientOf().send(new ConverseCommand({ ...TOOLS, messages }));
  expect(next.stopReason).toBe('end_turn');
});

test("AWS's client: reasoning comes first, signed", async () => {
  const thinking = { type: 'enabled', budget_tokens: 1_024 };
  const input = { ...HELLO, additionalModelRequestFields: { thinking } };
  const { output } = await clientOf().send(new ConverseCommand(input));
  expect(output?.message?.content?.[0]?.reasoningContent?.reasoningText).toMatchObject({
    text: expect.stringMatching(/^Simulated reasoning:/),
    signature: expect.any(String),
  });
  const kinds = (await streamOf(input)).map(
    ({ contentBlockDelta }) => contentBlockDelta?.delta?.reasoningContent,
  );
  expect(kinds.some((reasoning) => reasoning?.signature !== undefined)).toBe(true);
});

test("AWS's client: what is written to and read from the cache is told", async () => {
  const system = [{ text: 'Keep to the rule. '.repeat(400) }, { cachePoint: { type: 'default', ttl: '1h' } }];
  const input = { ...HELLO, system } as ConverseCommandInput;
  const first = await clientOf().send(new ConverseCommand(input));
  const written = first.usage?.cacheWriteInputTokens ?? 0;
  expect(written).toBeGreaterThan(1_000);
  expect(first.usage?.cacheDetails).toContainEqual({ ttl: '1h', inputTokens: written });
  const second = await clientOf().send(new ConverseCommand(input));
  expect(second.usage).toMatchObject({ cacheReadInputTokens: written, cacheWriteInputTokens: 0 });
});

test.each([
  ['a wrong secret', { secretAccessKey: 'another' }, 'InvalidSignatureException'],
  ['an unknown key', { accessKeyId: 'AKIAUNKNOWN000000000' }, 'UnrecognizedClientException'],
])("AWS's client: %s is refused", async (_name, credentials, name) => {
  await expect(clientOf(credentials).send(new ConverseCommand(HELLO))).rejects.toMatchObject({ name });
});

test("AWS's client: a session token is part of the signature", async () => {
  const answer = await clientOf({ sessionToken: 'a-token' }).send(new ConverseCommand(HELLO));
  expect(answer.stopReason).toBe('end_turn');
});

test("AWS's client: a fault is an exception, before the answer and inside it", async () => {
  simulator.setFaults({ provider: 'bedrock', rules: [{ fault: { type: 'status', status: 429 } }] });
  await expect(clientOf().send(new ConverseCommand(HELLO))).rejects.toMatchObject({
    name: 'ThrottlingException',
    $metadata: { httpStatusCode: 429 },
  });
  const fault = { type: 'error-event', afterChunks: 3, errorType: 'modelStreamErrorException' } as const;
  simulator.setFaults({ provider: 'bedrock', rules: [{ fault }] });
  await expect(streamOf(HELLO)).rejects.toMatchObject({ name: 'ModelStreamErrorException' });
});

test('a Bedrock key is taken as bearer token; a body that was changed under its signature is refused', async () => {
  const path = `/model/${encodeURIComponent(MODEL)}/converse`;
  const body = { messages: HELLO.messages };
  const headers = { 'content-type': 'application/json' };
  const send = (more: object) => exchange(baseUrl(), { path, body, headers: { ...headers, ...more } });
  expect((await send({ authorization: 'Bearer a-key' })).status).toBe(200);
  expect((await send({ authorization: 'Bearer b-key' })).status).toBe(403);
  const day = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${ACCESS_KEY}/${day.slice(0, 8)}/eu-central-1/bedrock/aws4_request`;
  const forged = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`;
  const refused = await send({ authorization: forged, 'x-amz-date': day });
  expect([refused.status, refused.text]).toEqual([403, expect.stringContaining('does not match')]);
  const old = await send({
    authorization: forged.replace(day.slice(0, 8), '20200101'),
    'x-amz-date': '20200101T000000Z',
  });
  expect(old.text).toContain('expired');
});
