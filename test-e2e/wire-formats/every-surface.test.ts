import type { WireFormatName } from '@switchyard/testkit/simulator';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PNG_BASE64, SCHEMA } from '../clients/sdks/sdk.ts';
import { SIMULATED_AS, startTestFleet, type TestFleet } from '../support/test-fleet.ts';
import { chatRow } from './surfaces/chat-row.ts';
import { messagesRow } from './surfaces/messages-row.ts';
import { requestsRow } from './surfaces/requests-row.ts';
import { responsesRow } from './surfaces/responses-row.ts';
import type { Ask, Json, Seen, SurfaceRow } from './surfaces/surface-row.ts';

/** What the doors to Claude know less of than others. */
const NOT_AT_CLAUDE = ['anthropic-messages', 'vertex-anthropic'] as const;
/** Formats that cannot say a part of an ask. */
const cannotSay = (formats: readonly WireFormatName[], part: keyof Ask) =>
  Object.fromEntries(formats.map((format) => [format, part]));

/** Providers that cache by themselves and tell; those of Claude cache what is marked, others tell nothing. */
const CACHING = [
  ...(['openai-chat', 'openai-responses', 'azure-openai', 'azure-openai-deployments'] as const),
  ...(['gemini', 'vertex-gemini'] as const),
];

/** gRPC is the canonical form itself: its row is `through-the-fleet.test.ts`. */
const SURFACES: readonly SurfaceRow[] = [chatRow, messagesRow, responsesRow, requestsRow];
/** Every format that the simulator speaks. */
const FORMATS = Object.keys(SIMULATED_AS) as WireFormatName[];

const TOOLS = ['get_tide', 'get_wind'].map((name) => ({
  name,
  schema: { type: 'object', properties: { port: { type: 'string' } } },
}));
const SIMULATED = expect.stringMatching(/^Simulated answer:/);

interface Feature {
  readonly name: string;
  readonly ask: Ask;
  readonly model?: 'sim-smart';
  readonly finish: keyof SurfaceRow['finishes'];
  readonly seen: Partial<Record<keyof Seen, unknown>>;
  /** Formats that cannot express it, and by which part of the ask: there it is refused by name. */
  readonly refusedBy?: Partial<Record<WireFormatName, keyof Ask>>;
  /** Formats whose provider has cached what it was asked before, without being told to, and says so. */
  readonly cachedBy?: readonly WireFormatName[];
  /** Whether the answer goes on after its tools' results. */
  readonly goesOn?: true;
}

/** Models that the simulator makes up belong to no maker, and each maker's reason in their own way; Cohere's by a budget. */
const OF_NO_MAKER = { 'bedrock-converse': 'effort', 'cohere-v2': 'effort' } as const;

const FEATURES: readonly Feature[] = [
  {
    name: 'a system prompt',
    ask: { system: 'Be brief.', text: 'hello' },
    finish: 'stop',
    seen: { text: SIMULATED },
  },
  {
    name: 'one tool call, and its result',
    ask: { text: 'call the tool get_wind', tools: TOOLS },
    finish: 'tools',
    seen: { calls: [expect.objectContaining({ name: 'get_wind' })] },
    goesOn: true,
  },
  {
    name: 'parallel tool calls, and their results',
    ask: { text: 'call the tools', tools: TOOLS },
    finish: 'tools',
    seen: { calls: ['get_tide', 'get_wind'].map((name) => expect.objectContaining({ name })) },
    goesOn: true,
  },
  {
    name: 'an image',
    ask: { text: 'What is this?', image: PNG_BASE64 },
    finish: 'stop',
    seen: { inputTokens: 263 },
  },
  {
    name: 'structured output',
    ask: { text: 'hello', schema: SCHEMA },
    finish: 'stop',
    seen: { text: '{"name":"simulated"}' },
  },
  {
    name: 'an answer that reaches its limit',
    ask: { text: 'hello', maxTokens: 16 },
    finish: 'length',
    seen: { outputTokens: 16 },
  },
  {
    name: 'a stop text',
    ask: { text: 'hello', stop: ' answer' },
    finish: 'stop',
    seen: { text: 'Simulated' },
    refusedBy: { 'openai-responses': 'stop' },
  },
  {
    name: 'reasoning',
    model: 'sim-smart',
    ask: { text: 'hello', effort: 'medium' },
    finish: 'stop',
    seen: { text: SIMULATED },
    refusedBy: OF_NO_MAKER,
  },
  {
    name: 'reasoning that led to calls, and goes back with its proofs',
    model: 'sim-smart',
    ask: { text: 'call the tools', effort: 'medium', tools: TOOLS },
    finish: 'tools',
    seen: {},
    refusedBy: OF_NO_MAKER,
    goesOn: true,
  },
  {
    name: 'a temperature above 1',
    ask: { text: 'hello', temperature: 1.5 },
    finish: 'stop',
    seen: { text: SIMULATED },
    refusedBy: cannotSay([...NOT_AT_CLAUDE, 'bedrock-converse'], 'temperature'),
  },
  {
    name: 'a seed',
    ask: { text: 'hello', seed: 7 },
    finish: 'stop',
    seen: { text: SIMULATED },
    refusedBy: cannotSay([...NOT_AT_CLAUDE, 'bedrock-converse', 'openai-responses'], 'seed'),
  },
  {
    name: 'a refusal of an earlier turn',
    ask: { refused: 'I will not.', text: 'hello' },
    finish: 'stop',
    seen: { text: SIMULATED },
  },
  {
    // Nothing in the canonical answer has room for them: they are refused by name, never left out.
    name: 'log probabilities',
    ask: { text: 'hello', logprobs: true },
    finish: 'stop',
    seen: {},
    refusedBy: cannotSay(FORMATS, 'logprobs'),
  },
  {
    name: 'a long prompt, and again: what the provider has read from its cache',
    ask: { system: 'Mind the tide. '.repeat(600), text: 'hello' },
    finish: 'stop',
    seen: { text: SIMULATED },
    cachedBy: CACHING,
  },
];

let started: TestFleet;

beforeAll(async () => {
  started = await startTestFleet({
    providers: FORMATS.map((format) => ({ id: format, format })),
    answerTokens: 24,
  });
});
afterAll(() => started?.[Symbol.asyncDispose]());

async function post({ path }: SurfaceRow, body: Json): Promise<{ status: number; text: string }> {
  const { httpUrl, apiKey } = started.fleet;
  const answer = await request(`${httpUrl}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.statusCode, text: await answer.body.text() };
}

async function whole(surface: SurfaceRow, body: Json): Promise<Json> {
  const { status, text } = await post(surface, body);
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  return JSON.parse(text);
}

async function streamed(surface: SurfaceRow, body: Json): Promise<Json> {
  const { status, text } = await post(surface, surface.streamed(body));
  expect([status, status === 200 ? '' : text]).toEqual([200, '']);
  const data = text.split('\n').filter((line) => line.startsWith('data: '));
  return surface.collect(
    data.filter((line) => line !== 'data: [DONE]').map((line) => JSON.parse(line.slice(6))),
  );
}

/** An answer without what is another one each time: ids, and what is encrypted. */
const comparable = ({ calls, proofs, ...seen }: Seen) => ({
  ...seen,
  proofs: proofs.length,
  calls: calls.map(({ name, arguments: given }) => ({ name, given })),
});

describe.each(SURFACES)('$name', (surface) => {
  describe.each(FORMATS)('answered by %s', (format) => {
    test.each(FEATURES)('$name', async ({ ask, model, finish, seen, refusedBy, cachedBy, goesOn }) => {
      const unsaid = (Object.keys(ask) as (keyof Ask)[]).find((field) => surface.cannot[field] !== undefined);
      const body = surface.write(`${format}/${model ?? 'sim-fast'}`, ask);
      if (unsaid !== undefined) {
        // The cell says why not, and that nothing of it is sent by mistake.
        expect(surface.cannot[unsaid]).toMatch(/^the API /);
        return;
      }
      const refused = refusedBy?.[format];
      if (refused !== undefined) {
        for (const sent of [body, surface.streamed(body)]) {
          const { status, text } = await post(surface, sent);
          expect(status).toBe(400);
          expect(text).toContain(surface.fields[refused]);
          expect(text).not.toContain('sampling.');
        }
        return;
      }
      if (cachedBy !== undefined) await whole(surface, body);
      const first = await whole(surface, body);
      const read = surface.read(first);
      expect(read).toMatchObject({ ...seen, finish: surface.finishes[finish] });
      if (cachedBy?.includes(format) === true) expect(read.cachedTokens).toBeGreaterThan(1_000);
      else expect(read.cachedTokens).toBe(0);
      const pieces = await streamed(surface, body);
      expect(comparable(surface.read(pieces))).toEqual(comparable(read));
      if (goesOn !== true) return;
      for (const answer of [first, pieces]) {
        const next = surface.goOn(body, answer, surface.read(answer));
        expect(surface.read(await whole(surface, next)).text).toMatch(/^Simulated answer:/);
      }
    });
  });
});
