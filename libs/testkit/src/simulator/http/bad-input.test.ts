import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Simulator } from '../simulator.ts';
import { startSimulator } from '../start-simulator.ts';
import { DIALECTS, type Dialect } from '../testing/dialects.ts';
import { exchange } from '../testing/raw-exchange.ts';

const [openai, anthropic, gemini] = DIALECTS as [Dialect, Dialect, Dialect];
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({
    maxBodyBytes: 100_000,
    providers: DIALECTS.map(({ provider, format }) => ({
      name: provider,
      format,
      apiKeys: ['test-key', 'other-key'],
      models: [
        { name: 'simulated-large' },
        { name: 'tiny', contextTokens: 10 },
        { name: 'plain', reasoning: 'never' },
        { name: 'thinker', reasoning: 'always' },
      ],
    })),
  });
});
afterAll(() => simulator.close());

interface Sent {
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly method?: string;
  /** Merged into the body of a good request. */
  readonly with?: object;
}

async function send(dialect: Dialect, { with: extra, ...sent }: Sent) {
  const good = dialect.request({ stream: false });
  const body = { ...(good.body as object), ...extra };
  const baseUrl = simulator.providers[dialect.provider]?.baseUrl as string;
  const seen = await exchange(baseUrl, { ...good, body, ...sent });
  return { ...seen, error: JSON.parse(seen.text).error };
}

const noKey = { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' };
const text = 'x'.repeat(50);
const user = (content: unknown) => ({ messages: [{ role: 'user', content }] });

describe('OpenAI', () => {
  const cases: [string, Sent, number, object][] = [
    ['no key', { headers: noKey }, 401, { type: 'invalid_request_error', code: null }],
    ['wrong key', { headers: { authorization: 'Bearer no' } }, 401, { code: 'invalid_api_key' }],
    ['no JSON', { body: '{"model":' }, 400, { message: /could not parse the JSON body/ }],
    ['no object', { body: '[]' }, 400, { code: 'invalid_type' }],
    ['no model', { with: { model: undefined } }, 400, { message: 'you must provide a model parameter' }],
    ['no messages', { with: { messages: [] } }, 400, { param: 'messages', code: 'empty_array' }],
    [
      'unknown role',
      { with: { messages: [{ role: 'robot', content: 'x' }] } },
      400,
      {
        param: 'messages[0].role',
        code: 'invalid_value',
        message:
          "Invalid value: 'robot'. Supported values are: 'system', 'developer', 'user', 'assistant', and 'tool'.",
      },
    ],
    [
      'wrong type',
      { with: { temperature: 'hot' } },
      400,
      {
        param: 'temperature',
        code: 'invalid_type',
        message: "Invalid type for 'temperature': expected a decimal, but got a string instead.",
      },
    ],
    [
      'content of a wrong type',
      { with: user({}) },
      400,
      {
        message:
          "Invalid type for 'messages[0].content': expected one of a string or an array, but got an object instead.",
      },
    ],
    ['negative max tokens', { with: { max_tokens: -1 } }, 400, { code: 'integer_below_min_value' }],
    ['too hot', { with: { temperature: 3 } }, 400, { code: 'decimal_above_max_value' }],
    ['unknown field', { with: { max_output_tokens: 3 } }, 400, { code: 'unknown_parameter' }],
    ['what is not simulated', { with: { n: 2 } }, 400, { param: 'n', code: 'unsupported_value' }],
    ['unknown model', { with: { model: 'gpt-0' } }, 404, { code: 'model_not_found' }],
    [
      'too long a prompt',
      { with: { model: 'tiny', ...user(text) } },
      400,
      { code: 'context_length_exceeded' },
    ],
    ['reasoning of a plain model', { with: { model: 'plain', reasoning_effort: 'low' } }, 400, {}],
    ['a thinker that must not think', { with: { model: 'thinker', reasoning_effort: 'none' } }, 400, {}],
    [
      'max_tokens of a thinker',
      { with: { model: 'thinker', max_tokens: 5 } },
      400,
      { param: 'max_tokens', code: 'unsupported_parameter' },
    ],
    ['stream options of no stream', { with: { stream_options: {} } }, 400, { param: 'stream_options' }],
    [
      'a stray tool result',
      { with: { messages: [{ role: 'tool', content: 'x', tool_call_id: 'y' }] } },
      400,
      { param: 'messages.[0].role' },
    ],
    ['too large a body', { with: user('x'.repeat(100_000)) }, 413, {}],
    ['wrong path', { path: '/v1/nothing' }, 404, { message: 'Invalid URL (POST /v1/nothing)' }],
    ['wrong method', { method: 'GET' }, 405, {}],
  ];
  test.each(cases)('%s', async (...[, sent, status, error]) => {
    const seen = await send(openai, sent);
    expect(seen.status).toBe(status);
    expect(Object.keys(seen.error)).toEqual(['message', 'type', 'param', 'code']);
    expectError(seen.error, error);
    expect(seen.headers['x-request-id']).toMatch(/^req_/);
  });

  test('an unanswered tool call', async () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } };
    const messages = [
      { role: 'user', content: 'x' },
      { role: 'assistant', tool_calls: [call] },
      { role: 'user', content: 'y' },
    ];
    const { error } = await send(openai, { with: { messages } });
    expect(error).toMatchObject({ message: expect.stringContaining('call_1'), param: 'messages.[1].role' });
  });

  test('a wrong key is not repeated', async () => {
    const { text } = await send(openai, { headers: { authorization: 'Bearer sk-very-secret-key-1234' } });
    expect(text).toContain('****1234');
    expect(text).not.toContain('secret');
  });
});

describe('Anthropic', () => {
  const headers = anthropic.request({ stream: false }).headers as Record<string, string>;
  const { 'anthropic-version': _, ...noVersion } = headers;
  const newest = { ...headers, 'anthropic-version': '2026-10-21' };
  const block = (role: string, content: object) => ({
    messages: [
      { role: 'user', content: 'x' },
      { role, content: [content] },
    ],
  });
  const document = { type: 'document', source: { type: 'url', url: 'https://example.com' } };
  const invalid = (message: unknown) => ({ type: 'invalid_request_error', message });
  const cases: [string, Sent, number, object][] = [
    ['no key', { headers: noKey }, 401, { type: 'authentication_error' }],
    ['wrong key', { headers: { ...headers, 'x-api-key': 'no' } }, 401, { message: 'invalid x-api-key' }],
    ['no version', { headers: noVersion }, 400, invalid('anthropic-version: header is required')],
    ['unknown version', { headers: { ...headers, 'anthropic-version': '1999-01-01' } }, 400, {}],
    ['no JSON', { body: '{' }, 400, { type: 'invalid_request_error' }],
    ['no max tokens', { with: { max_tokens: undefined } }, 400, invalid('max_tokens: Field required')],
    [
      'negative max tokens',
      { with: { max_tokens: -1 } },
      400,
      invalid(/^max_tokens: .*greater than or equal/),
    ],
    [
      'unknown role',
      { with: { messages: [{ role: 'robot', content: 'x' }] } },
      400,
      invalid("messages.0.role: Input should be 'user', 'assistant' or 'system'"),
    ],
    ['wrong type', { with: { stream: 'yes' } }, 400, invalid('stream: Input should be a valid boolean')],
    ['unknown field', { with: { n: 1 } }, 400, invalid('n: Extra inputs are not permitted')],
    ['no messages', { with: { messages: [] } }, 400, invalid('messages: at least one message is required')],
    ['empty content', { with: user('') }, 400, invalid(/non-empty content/)],
    ['unknown model', { with: { model: 'claude-0' } }, 404, { type: 'not_found_error' }],
    [
      'too long a prompt',
      { with: { model: 'tiny', ...user(text) } },
      400,
      invalid(/^prompt is too long: 16/),
    ],
    [
      'a budget above max tokens',
      { with: { thinking: { type: 'enabled', budget_tokens: 4_000 } } },
      400,
      invalid('`max_tokens` must be greater than `thinking.budget_tokens`.'),
    ],
    [
      'a budget below 1,024',
      { with: { thinking: { type: 'enabled', budget_tokens: 1_000 } } },
      400,
      invalid(/^thinking.budget_tokens: /),
    ],
    ['thinking of a plain model', { with: { model: 'plain', thinking: { type: 'adaptive' } } }, 400, {}],
    ['a server tool', { with: { tools: [{ type: 'web_search_20250305', name: 'web_search' }] } }, 400, {}],
    [
      'a stray tool result',
      { with: user([{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'x' }]) },
      400,
      invalid(/^messages.0.content.0: unexpected `tool_use_id`/),
    ],
    [
      'an unanswered tool use',
      { with: block('assistant', { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} }) },
      400,
      invalid(/^messages.2: `tool_use` ids were found without `tool_result` blocks/),
    ],
    [
      'a temperature, newest version',
      { headers: newest, with: { temperature: 1 } },
      400,
      invalid(/^temperature/),
    ],
    ['a document of the assistant', { headers: newest, with: block('assistant', document) }, 400, {}],
    [
      'citations of the user',
      { headers: newest, with: user([{ type: 'text', text: 'x', citations: [{}] }]) },
      400,
      {},
    ],
    ['too large a body', { with: user('x'.repeat(100_000)) }, 413, { type: 'request_too_large' }],
    ['wrong path', { path: '/v1/nothing' }, 404, { type: 'not_found_error' }],
  ];
  test.each(cases)('%s', async (...[, sent, status, error]) => {
    const seen = await send(anthropic, sent);
    expect(seen.status).toBe(status);
    const body = JSON.parse(seen.text);
    expect(Object.keys(body)).toEqual(['type', 'error', 'request_id']);
    expect(body.request_id).toBe(seen.headers['request-id']);
    expectError(seen.error, error);
  });

  test('the older version takes a temperature and a document of the assistant', async () => {
    expect((await send(anthropic, { with: { temperature: 0.5 } })).status).toBe(200);
    expect((await send(anthropic, { with: block('assistant', document) })).status).toBe(200);
  });
});

describe('Google', () => {
  const path = (model: string) => `/v1beta/models/${model}:generateContent`;
  const config = (generationConfig: object) => ({ with: { generationConfig } });
  const invalid = (message: unknown) => ({ code: 400, status: 'INVALID_ARGUMENT', message });
  const contents = (role: string) => ({ contents: [{ role, parts: [{ text }] }] });
  const cases: [string, Sent, number, object][] = [
    ['no key', { headers: noKey }, 403, { status: 'PERMISSION_DENIED' }],
    ['wrong key', { headers: { 'x-goog-api-key': 'no' } }, 400, invalid(/^API key not valid/)],
    ['no JSON', { body: '{' }, 400, invalid(/^Invalid JSON payload received/)],
    ['no contents', { body: {} }, 400, invalid(/contents is not specified/)],
    ['unknown role', { with: contents('robot') }, 400, invalid('Please use a valid role: user, model.')],
    [
      'wrong type',
      config({ temperature: 'hot' }),
      400,
      invalid(`Invalid value at 'generation_config.temperature' (TYPE_FLOAT), "hot"`),
    ],
    [
      'unknown field',
      config({ maxTokens: 5 }),
      400,
      invalid(
        `Invalid JSON payload received. Unknown name "maxTokens" at 'generation_config': Cannot find field.`,
      ),
    ],
    [
      'unknown field at the top',
      { with: { model_name: 5 } },
      400,
      invalid('Invalid JSON payload received. Unknown name "model_name": Cannot find field.'),
    ],
    ['negative max tokens', config({ maxOutputTokens: -1 }), 400, invalid(/max_output_tokens/)],
    ['unknown model', { path: path('gemini-0') }, 404, { status: 'NOT_FOUND' }],
    ['too long a prompt', { path: path('tiny'), with: contents('user') }, 400, invalid(/\(16\) exceeds/)],
    [
      'thinking of a plain model',
      { path: path('plain'), ...config({ thinkingConfig: { thinkingBudget: 5 } }) },
      400,
      invalid(/Thinking is not enabled/),
    ],
    [
      'a thinker that must not think',
      { path: path('thinker'), ...config({ thinkingConfig: { thinkingBudget: 0 } }) },
      400,
      invalid(/^Budget 0 is invalid/),
    ],
    [
      'a stray function response',
      { with: { contents: [{ parts: [{ functionResponse: { name: 'f', response: {} } }] }] } },
      400,
      invalid(/number of function response parts/),
    ],
    ['an unknown method', { path: '/v1beta/models/simulated-large:fly' }, 404, { status: 'NOT_FOUND' }],
  ];
  test.each(cases)('%s', async (...[, sent, status, error]) => {
    const seen = await send(gemini, sent);
    expect(seen.status).toBe(status);
    expect(seen.headers['content-type']).toBe('application/json; charset=UTF-8');
    expect(seen.error.code).toBe(status);
    expectError(seen.error, error);
  });

  test('a wrong field is named in the details', async () => {
    const { error } = await send(gemini, config({ temperature: 'hot' }));
    expect(error.details).toEqual([
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: [
          {
            field: 'generation_config.temperature',
            description: `Invalid value at 'generation_config.temperature' (TYPE_FLOAT), "hot"`,
          },
        ],
      },
    ]);
  });
});

describe.each(DIALECTS)('$format', (dialect) => {
  test('refuses a schema nested 40,000 deep, and goes on', async () => {
    const schema = `{"x":${'['.repeat(40_000)}${']'.repeat(40_000)}}`;
    const tools = {
      'openai-chat': `[{"type":"function","function":{"name":"f","parameters":${schema}}}]`,
      'anthropic-messages': `[{"name":"f","input_schema":${schema}}]`,
      gemini: `[{"functionDeclarations":[{"name":"f","parameters":${schema}}]}]`,
    }[dialect.format];
    const good = JSON.stringify(dialect.request({ stream: false }).body);
    const seen = await send(dialect, { body: good.replace(/^\{/, `{"tools":${tools},`) });
    expect(seen.status).toBe(400);
    expect(seen.error.message).toMatch(/JSON/);
    expect((await send(dialect, {})).status).toBe(200);
  });

  test('refuses a body that turns out too large while it arrives, and one that says so before', async () => {
    const { headers } = dialect.request({ stream: false });
    const body = 'x'.repeat(200_000);
    const chunked = await send(dialect, { body, headers: { ...headers, 'transfer-encoding': 'chunked' } });
    expect(JSON.stringify(chunked.error)).toMatch(/100000|maximum size/);
    const announced = await send(dialect, { body: '{', headers: { ...headers, 'content-length': '200000' } });
    expect(announced.status).toBe(chunked.status);
    expect((await send(dialect, {})).status).toBe(200);
  });

  test('takes unknown fields when it is told to', async () => {
    await using lax = await startSimulator({
      providers: [{ name: 'lax', format: dialect.format, unknownFields: 'ignore', models: 'any' }],
    });
    const good = dialect.request({ stream: false, model: 'whatever' });
    const body = { ...(good.body as object), made_up: { field: true } };
    expect((await exchange(lax.providers.lax?.baseUrl as string, { ...good, body })).status).toBe(200);
  });
});

function expectError(error: Record<string, unknown>, wanted: object): void {
  for (const [field, value] of Object.entries(wanted)) {
    if (value instanceof RegExp) expect(error[field]).toMatch(value);
    else expect(error[field]).toEqual(value);
  }
}
