import { Role, ToolChoice_Mode } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { anthropicMessages } from '../../formats/anthropic-messages/anthropic-messages.ts';
import type { CallerHeaders } from '../surface.ts';
import { decodeCountRequest, decodeMessagesRequest } from './decode-request.ts';

const HELLO = { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };

function decoded(body: unknown, headers: CallerHeaders = {}) {
  const result = decodeMessagesRequest(body, headers);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/** The fields that are wrong. */
function wrong(body: unknown, headers: CallerHeaders = {}): string[] {
  const result = decodeMessagesRequest(body, headers);
  return result.ok ? [] : result.error.map(({ field }) => field);
}

/** What a provider of the same format would be sent. */
function sent(body: unknown, headers: CallerHeaders = {}) {
  const { request, stream } = decoded(body, headers);
  const { maxOutputTokens } = request.sampling ?? {};
  const result = anthropicMessages.encodeRequest({ request, model: request.model, maxOutputTokens, stream });
  if (!result.ok) throw new Error(`${result.error.field} ${result.error.description}`);
  return { body: JSON.parse(result.value.body), headers: result.value.headers };
}

const EPHEMERAL = { type: 'ephemeral' };
const WHOLE = {
  model: 'm',
  max_tokens: 4096,
  system: [
    { type: 'text', text: 'Be brief.' },
    { type: 'text', text: 'Metric units.', cache_control: { type: 'ephemeral', ttl: '1h' } },
  ],
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?', cache_control: EPHEMERAL },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AQID' } },
        { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } },
        {
          type: 'document',
          source: { type: 'base64', media_type: 'application/pdf', data: 'AQID' },
          title: 'a',
        },
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'words' } },
        { type: 'document', source: { type: 'file', file_id: 'file_1' } },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Hm.', signature: 's1' },
        { type: 'redacted_thinking', data: 'd1' },
        { type: 'text', text: 'Let me see.' },
        { type: 'tool_use', id: 'c1', name: 'f', input: { a: 1 } },
        { type: 'tool_use', id: 'c2', name: 'f', input: {} },
      ],
    },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'c1',
          content: [
            { type: 'text', text: '12°' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AQID' } },
          ],
          cache_control: EPHEMERAL,
        },
        { type: 'tool_result', tool_use_id: 'c2', content: [{ type: 'text', text: 'no' }], is_error: true },
      ],
    },
  ],
  thinking: { type: 'enabled', budget_tokens: 1024 },
  stop_sequences: ['END'],
  stream: true,
  tools: [
    { name: 'f', description: 'd', input_schema: { type: 'object' }, strict: true, cache_control: EPHEMERAL },
  ],
  tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  metadata: { user_id: 'u1' },
  output_config: { format: { type: 'json_schema', schema: { type: 'object' } } },
  service_tier: 'auto',
  context_management: { edits: [] },
};

test('every documented field comes back out towards a provider of the same format', () => {
  expect(sent(WHOLE).body).toEqual(WHOLE);
});

test('sampling comes back out', () => {
  const body = { ...HELLO, temperature: 0.5, top_p: 0.9, top_k: 40, system: 'Be brief.' };
  expect(sent(body).body).toEqual({
    ...body,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  });
});

test('adaptive thinking has the effort that is asked for, else high, and none is none', () => {
  const effortOf = (fields: object) => decoded({ ...HELLO, ...fields }).request.sampling?.reasoningEffort;
  expect(effortOf({ thinking: { type: 'adaptive' } })).toBe('high');
  expect(effortOf({ thinking: { type: 'adaptive' }, output_config: { effort: 'low' } })).toBe('low');
  expect(effortOf({ thinking: { type: 'disabled' } })).toBe('none');
  expect(effortOf({})).toBe('');
});

test('betas of the header reach a provider of the same format', () => {
  const { body, headers } = sent(HELLO, { 'anthropic-beta': 'context-1m-2025-08-07, other-1' });
  expect(headers['anthropic-beta']).toBe('context-1m-2025-08-07,other-1');
  expect(body).not.toHaveProperty('anthropic_beta');
});

test('both versions are spoken, the older one also where none is named', () => {
  expect(wrong(HELLO, { 'anthropic-version': '2023-06-01' })).toEqual([]);
  expect(wrong(HELLO, { 'anthropic-version': '2026-10-21' })).toEqual([]);
  expect(wrong(HELLO, {})).toEqual([]);
  expect(wrong(HELLO, { 'anthropic-version': '2030-01-01' })).toEqual(['anthropic-version']);
});

test('a system message in the middle keeps its place, and each message knows where it stood', () => {
  const { request, places } = decoded({
    ...HELLO,
    system: 'a',
    messages: [HELLO.messages[0], { role: 'system', content: 'b' }],
  });
  expect(request.messages.map(({ role }) => role)).toEqual([Role.SYSTEM, Role.USER, Role.SYSTEM]);
  expect(places).toEqual(['system', 'messages[0]', 'messages[1]']);
});

test('an answer that a client echoes is taken, with its nulls', () => {
  const content = [
    { type: 'text', text: 'x', citations: null },
    { type: 'tool_use', id: 'c', name: 'f', input: {}, caller: { type: 'direct' } },
  ];
  expect(wrong({ ...HELLO, messages: [{ role: 'assistant', content }] })).toEqual([]);
});

test('a tool that must be called', () => {
  const { request } = decoded({ ...HELLO, tool_choice: { type: 'any' } });
  expect(request.toolChoice?.mode).toBe(ToolChoice_Mode.REQUIRED);
  expect(request.parallelToolCalls).toBeUndefined();
});

test('counting tokens needs no limit of the output', () => {
  const { max_tokens: _, ...body } = HELLO;
  expect(wrong(body)).toEqual(['max_tokens']);
  expect(decodeCountRequest(body).ok).toBe(true);
});

const content = (...blocks: unknown[]) => ({ ...HELLO, messages: [{ role: 'user', content: blocks }] });
const deep = JSON.parse(`${'{"a":'.repeat(300)}1${'}'.repeat(300)}`);

test.each<[string, string[], unknown]>([
  ['no object', ['(body)'], [1]],
  ['nothing', ['max_tokens', 'messages', 'model'], {}],
  ['no messages', ['messages'], { ...HELLO, messages: [] }],
  ['a role of another API', ['messages[0].role'], { ...HELLO, messages: [{ role: 'tool', content: 'x' }] }],
  ['no content', ['messages[0].content'], { ...HELLO, messages: [{ role: 'user' }] }],
  [
    'an unknown field of a message',
    ['messages[0].name'],
    { ...HELLO, messages: [{ role: 'user', content: 'x', name: 'n' }] },
  ],
  ['an unknown block', ['messages[0].content[0].type'], content({ type: 'video' })],
  [
    'a block of a tool that the provider runs',
    ['messages[0].content[0].type'],
    content({ type: 'server_tool_use' }),
  ],
  [
    'an unknown field of a block',
    ['messages[0].content[0].colour'],
    content({ type: 'text', text: 'x', colour: 1 }),
  ],
  [
    'citations',
    ['messages[0].content[0].citations'],
    content({ type: 'document', source: { type: 'text', data: 'x' }, citations: { enabled: true } }),
  ],
  [
    'a picture that is no base64',
    ['messages[0].content[0].source.data'],
    content({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: '?' } }),
  ],
  [
    'an http picture',
    ['messages[0].content[0].source.url'],
    content({ type: 'image', source: { type: 'url', url: 'http://x' } }),
  ],
  [
    'a tool result without its call',
    ['messages[0].content[0].tool_use_id'],
    content({ type: 'tool_result', content: 'x' }),
  ],
  ['too hot', ['temperature'], { ...HELLO, temperature: 1.5 }],
  ['no budget', ['thinking.budget_tokens'], { ...HELLO, thinking: { type: 'enabled' } }],
  [
    'thinking that is not shown',
    ['thinking.display'],
    { ...HELLO, thinking: { type: 'adaptive', display: 'omitted' } },
  ],
  ['an effort without thinking', ['output_config.effort'], { ...HELLO, output_config: { effort: 'low' } }],
  [
    'a tool that the provider runs',
    ['tools[0].type'],
    { ...HELLO, tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
  ],
  ['a tool without a schema', ['tools[0].input_schema'], { ...HELLO, tools: [{ name: 'f' }] }],
  ['a deep schema', ['tools[0].input_schema'], { ...HELLO, tools: [{ name: 'f', input_schema: deep }] }],
  [
    'an unknown cache lifetime',
    ['system[0].cache_control.ttl'],
    { ...HELLO, system: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '2h' } }] },
  ],
  ['a deep unknown field', ['container'], { ...HELLO, container: deep }],
])('named: %s', (_, fields, body) => {
  expect(wrong(body).sort()).toEqual([...fields].sort());
});
