import { CompleteRequest, ResponseFormat_Kind, Role, ToolChoice_Mode } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import type { ModelTraits } from '../model-traits.ts';
import { answer, decodeStream, fixturesOf, messageOf, WALL_NOW_MS } from '../testing/fixtures.ts';
import { gemini } from './gemini.ts';

type Partial = Parameters<typeof CompleteRequest.fromPartial>[0];

const said = (role: Role, ...contents: object[]) => ({
  role,
  parts: contents.map((content) => ({ content: content as never })),
});
const text = (value: string) => ({ $case: 'text', value });
const HELLO: Partial = { messages: [said(Role.USER, text('Hi'))] };
const OLDER = { model: 'gemini-2.5-flash' };

const inputOf = (request: Partial, more: object = {}) => ({
  request: CompleteRequest.fromPartial(request),
  model: 'gemini-3-flash-preview',
  maxOutputTokens: undefined,
  stream: false,
  ...more,
});

const encode = (request: Partial, more: object = {}) => gemini.encodeRequest(inputOf(request, more));

function bodyOf(request: Partial, more: object = {}) {
  const result = encode(request, more);
  if (!result.ok) throw new Error(`${result.error.field}: ${result.error.description}`);
  return JSON.parse(result.value.body);
}

test('the least request: where it goes and what it says', () => {
  expect(encode(HELLO)).toEqual({
    ok: true,
    value: {
      path: '/models/gemini-3-flash-preview:generateContent',
      query: undefined,
      headers: { 'content-type': 'application/json' },
      body: '{"contents":[{"role":"user","parts":[{"text":"Hi"}]}]}',
    },
  });
  expect(gemini.authStyle).toBe('x-goog-api-key');
});

test('a stream has its own path, and asks for events', () => {
  expect(encode(HELLO, { stream: true })).toMatchObject({
    value: { path: '/models/gemini-3-flash-preview:streamGenerateContent', query: 'alt=sse' },
  });
});

test.each([
  ['models/gemini-2.5-pro', '/models/gemini-2.5-pro:generateContent'],
  ['a/../b?c#d', '/models/a%2F..%2Fb%3Fc%23d:generateContent'],
])('a model id cannot leave its place in the path: %s', (model, path) => {
  expect(encode(HELLO, { model })).toMatchObject({ value: { path } });
});

test('system and developer texts become one, apart from the turns', () => {
  const messages = [
    said(Role.SYSTEM, text('A'), text('B')),
    said(Role.USER, text('Hi')),
    said(Role.DEVELOPER, text('C')),
    said(Role.USER, text('there')),
  ];
  expect(bodyOf({ messages })).toEqual({
    systemInstruction: { parts: [{ text: 'A\n\nB\n\nC' }] },
    contents: [{ role: 'user', parts: [{ text: 'Hi' }, { text: 'there' }] }],
  });
});

test('empty texts and turns of nothing else are left out', () => {
  const messages = [
    said(Role.SYSTEM, text('')),
    said(Role.USER, text('Hi'), text('')),
    said(Role.ASSISTANT, text('')),
    said(Role.USER, text('there')),
  ];
  expect(bodyOf({ messages })).toEqual({
    contents: [{ role: 'user', parts: [{ text: 'Hi' }, { text: 'there' }] }],
  });
});

test('every sampling setting', () => {
  const sampling = {
    temperature: 0,
    topP: 0.9,
    topK: 40,
    stop: ['a'],
    frequencyPenalty: -1,
    presencePenalty: 1,
    seed: -7n,
  };
  expect(bodyOf({ ...HELLO, sampling, user: 'u1' }, { maxOutputTokens: 100 }).generationConfig).toEqual({
    maxOutputTokens: 100,
    temperature: 0,
    topP: 0.9,
    topK: 40,
    stopSequences: ['a'],
    frequencyPenalty: -1,
    presencePenalty: 1,
    seed: -7,
  });
});

const levels = (...reasoningEfforts: string[]): ModelTraits => ({
  sampling: undefined,
  reasoningEfforts,
  reasoningBudget: undefined,
});
const budgets = (min: number, max: number | undefined): ModelTraits => ({
  sampling: undefined,
  reasoningEfforts: [],
  reasoningBudget: { min, max },
});

test.each([
  ['a level', { reasoningEffort: 'low' }, {}, { thinkingLevel: 'low', includeThoughts: true }],
  [
    'a level, by what the catalog knows',
    { reasoningEffort: 'high' },
    { ...OLDER, traits: levels('high') },
    { thinkingLevel: 'high', includeThoughts: true },
  ],
  [
    'Google’s budget for an effort, by id',
    { reasoningEffort: 'medium' },
    OLDER,
    { thinkingBudget: 8192, includeThoughts: true },
  ],
  [
    'Google’s budget for an effort, by what the catalog knows',
    { reasoningEffort: 'high' },
    { traits: budgets(512, 20_000) },
    { thinkingBudget: 20_000, includeThoughts: true },
  ],
  ['none', { reasoningEffort: 'none' }, { traits: budgets(0, 24_576) }, { thinkingBudget: 0 }],
  [
    'a budget',
    { reasoningBudgetTokens: 300 },
    { traits: budgets(128, 32_768) },
    { thinkingBudget: 300, includeThoughts: true },
  ],
])('reasoning is asked for as the model takes it: %s', (_, sampling, more, expected) => {
  expect(bodyOf({ ...HELLO, sampling }, more).generationConfig).toEqual({ thinkingConfig: expected });
});

test('a conversation with tools: ids, names, results together and first', () => {
  const result = (value: object) => ({ $case: 'toolResult', value });
  const body = bodyOf(
    {
      messages: [
        said(Role.USER, text('Weather?')),
        said(
          Role.ASSISTANT,
          text('Wait.'),
          { $case: 'toolCall', value: { id: 'c1', name: 'f', argumentsJson: '{"a":1}' } },
          { $case: 'toolCall', value: { id: 'c2', name: 'g', argumentsJson: '' } },
        ),
        said(
          Role.TOOL,
          result({ toolCallId: 'c1', parts: [{ content: text('12°') }, { content: text('dry') }] }),
        ),
        said(
          Role.USER,
          text('Thanks'),
          result({ toolCallId: 'c2', name: 'own', isError: true, parts: [{ content: text('no') }] }),
        ),
      ],
    },
    OLDER,
  );
  expect(body.contents).toEqual([
    { role: 'user', parts: [{ text: 'Weather?' }] },
    {
      role: 'model',
      parts: [
        { text: 'Wait.' },
        { functionCall: { id: 'c1', name: 'f', args: { a: 1 } } },
        { functionCall: { id: 'c2', name: 'g', args: {} } },
      ],
    },
    {
      role: 'user',
      parts: [
        { functionResponse: { id: 'c1', name: 'f', response: { output: '12°\ndry' } } },
        { functionResponse: { id: 'c2', name: 'own', response: { error: 'no' } } },
        { text: 'Thanks' },
      ],
    },
  ]);
});

test('an id that comes again names the nearest call before the result', () => {
  const turn = (name: string) => [
    said(Role.ASSISTANT, { $case: 'toolCall', value: { id: 'c', name, argumentsJson: '{}' } }),
    said(Role.TOOL, { $case: 'toolResult', value: { toolCallId: 'c' } }),
  ];
  const { contents } = bodyOf({ messages: [...turn('f'), ...turn('g')] });
  expect(contents[1].parts[0].functionResponse.name).toBe('f');
  expect(contents[3].parts[0].functionResponse.name).toBe('g');
});

test('tools with schemas', () => {
  const tools = [{ name: 'f', description: 'd', parametersJsonSchema: '{"type":"object"}' }, { name: '_g' }];
  expect(bodyOf({ ...HELLO, tools })).toMatchObject({
    tools: [
      {
        functionDeclarations: [
          { name: 'f', description: 'd', parametersJsonSchema: { type: 'object' } },
          { name: '_g' },
        ],
      },
    ],
  });
});

test.each([
  [ToolChoice_Mode.UNSPECIFIED, false, undefined],
  [ToolChoice_Mode.AUTO, false, { mode: 'AUTO' }],
  [ToolChoice_Mode.AUTO, true, { mode: 'VALIDATED' }],
  [ToolChoice_Mode.UNSPECIFIED, true, { mode: 'VALIDATED' }],
  [ToolChoice_Mode.NONE, true, { mode: 'NONE' }],
  [ToolChoice_Mode.REQUIRED, true, { mode: 'ANY' }],
  [ToolChoice_Mode.NAMED, false, { mode: 'ANY', allowedFunctionNames: ['f'] }],
])('tool choice %s, strict %s', (mode, strict, expected) => {
  const body = bodyOf({ ...HELLO, tools: [{ name: 'f', strict }], toolChoice: { mode, name: 'f' } });
  expect(body.toolConfig?.functionCallingConfig).toEqual(expected);
});

test('no tools, no choice between them', () => {
  expect(bodyOf({ ...HELLO, toolChoice: { mode: ToolChoice_Mode.NONE } })).not.toHaveProperty('toolConfig');
});

const data = { $case: 'data', value: Buffer.from([1, 2, 3]) } as const;

test('pictures, sounds and documents', () => {
  const uri = 'https://generativelanguage.googleapis.com/v1beta/files/abc';
  const [content] = bodyOf({
    messages: [
      said(
        Role.USER,
        { $case: 'image', value: { source: data, mediaType: 'image/png', detail: 'low' } },
        { $case: 'image', value: { source: { $case: 'url', value: 'https://x.test/a.png' } } },
        { $case: 'audio', value: { source: data, mediaType: 'audio/mpeg' } },
        { $case: 'file', value: { source: data, mediaType: 'application/pdf', filename: 'a.pdf' } },
        { $case: 'file', value: { source: { $case: 'fileId', value: uri }, mediaType: 'text/csv' } },
      ),
    ],
  }).contents;
  expect(content.parts).toEqual([
    { inlineData: { mimeType: 'image/png', data: 'AQID' } },
    { fileData: { fileUri: 'https://x.test/a.png' } },
    { inlineData: { mimeType: 'audio/mpeg', data: 'AQID' } },
    { inlineData: { mimeType: 'application/pdf', data: 'AQID' } },
    { fileData: { mimeType: 'text/csv', fileUri: uri } },
  ]);
});

test('a picture in the result of a tool', () => {
  const picture = { $case: 'image', value: { source: data, mediaType: 'image/png' } };
  const parts = [{ content: text('See:') }, { content: picture }];
  const messages = [said(Role.TOOL, { $case: 'toolResult', value: { toolCallId: 'c', name: 'f', parts } })];
  expect(bodyOf({ messages } as Partial).contents[0].parts).toEqual([
    {
      functionResponse: {
        id: 'c',
        name: 'f',
        response: { output: 'See:' },
        parts: [{ inlineData: { mimeType: 'image/png', data: 'AQID' } }],
      },
    },
  ]);
});

test('structured output', () => {
  const json = { responseMimeType: 'application/json' };
  const schema = { kind: ResponseFormat_Kind.JSON_SCHEMA, jsonSchema: '{"type":"object"}' };
  expect(bodyOf({ ...HELLO, responseFormat: schema }).generationConfig).toEqual({
    ...json,
    responseJsonSchema: { type: 'object' },
  });
  const object = { kind: ResponseFormat_Kind.JSON_OBJECT };
  expect(bodyOf({ ...HELLO, responseFormat: object }).generationConfig).toEqual(json);
});

const fixtures = fixturesOf('gemini');

function sentBack(message: object, more: object = {}) {
  return bodyOf({ messages: [HELLO.messages?.[0], message] } as Partial, more).contents[1].parts;
}

test.each(['text.json', 'tool-call.json'])('what the model said goes back as it came: %s', (name) => {
  const body = fixtures.json(name);
  const decoded = gemini.decodeResponse(answer({ body }));
  if (!decoded.ok) throw new Error(decoded.error.detail);
  const withoutIds = sentBack(decoded.value.message).map(
    ({ functionCall: { id, ...call } = {} as { id?: string }, ...part }) =>
      id === undefined ? part : { ...part, functionCall: call },
  );
  expect(withoutIds).toEqual(body.candidates[0].content.parts);
});

test('what the model streamed goes back with its signature', () => {
  const decoder = gemini.createStreamDecoder({ wallNowMs: WALL_NOW_MS });
  const message = messageOf(decodeStream(decoder, fixtures.bytes('text-stream.sse')));
  expect(sentBack(message)).toEqual([
    // A thought without a signature is not known to be the model's own.
    { text: 'Lisbon lies on the Tagus – Tejo.' },
    { text: '', thoughtSignature: 'c2lnbmF0dXJlLW9mLXN0cmVhbQ==' },
  ]);
});

const reasoning = (signature: string, thought = '') => ({
  $case: 'reasoning',
  value: { text: thought, signature },
});
const call = (id: string) => ({ $case: 'toolCall', value: { id, name: 'f', argumentsJson: '{}' } });
const wireCall = (id: string) => ({ functionCall: { id, name: 'f', args: {} } });

test.each([
  [
    'a signature with a thought stands on the call',
    [reasoning('gemini:s', 'Hm.'), call('1'), call('2')],
    [{ text: 'Hm.', thought: true }, { ...wireCall('1'), thoughtSignature: 's' }, wireCall('2')],
  ],
  [
    'a signature that comes from the provider itself',
    [reasoning('s'), text('Hi')],
    [{ text: 'Hi', thoughtSignature: 's' }],
  ],
  [
    'each call with its own',
    [reasoning('gemini:s'), call('1'), reasoning('gemini:t'), call('2')],
    [
      { ...wireCall('1'), thoughtSignature: 's' },
      { ...wireCall('2'), thoughtSignature: 't' },
    ],
  ],
  [
    'reasoning of another provider says nothing here',
    [reasoning('anthropic-messages:s', 'Hm.'), reasoning('', 'Hm.'), text('Hi')],
    [{ text: 'Hi' }],
  ],
  [
    'a call that another provider made goes without a signature, and says so',
    [reasoning('anthropic-messages:s', 'Hm.'), call('1'), call('2')],
    [{ ...wireCall('1'), thoughtSignature: 'skip_thought_signature_validator' }, wireCall('2')],
  ],
  ['a refusal', [{ $case: 'refusal', value: 'No.' }], [{ text: 'No.' }]],
])('%s', (_, contents, expected) => {
  expect(sentBack(said(Role.ASSISTANT, ...contents))).toEqual(expected);
});

test('models before Gemini 3 want no word for a missing signature', () => {
  expect(sentBack(said(Role.ASSISTANT, call('1')), OLDER)).toEqual([wireCall('1')]);
});

test('passthrough is merged for the same format only', () => {
  const passthroughJson = '{"safetySettings":[],"labels":{"a":"b"}}';
  expect(bodyOf({ ...HELLO, passthroughJson, passthroughFormat: 'gemini' })).toMatchObject({
    safetySettings: [],
    labels: { a: 'b' },
  });
  expect(bodyOf({ ...HELLO, passthroughJson, passthroughFormat: 'openai-chat' })).not.toHaveProperty(
    'labels',
  );
});
