import { FinishReason } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { answer, fixturesOf } from '../testing/fixtures.ts';
import { bedrockConverse } from './bedrock-converse.ts';

const fixtures = fixturesOf('bedrock-converse');
const decode = (body: unknown, more: object = {}) =>
  bedrockConverse.decodeResponse(answer({ body, ...more }));

test('a text', () => {
  expect(decode(fixtures.json('text.json'))).toMatchObject({
    ok: true,
    value: {
      message: { parts: [{ content: { $case: 'text', value: expect.stringContaining('Harry Styles') } }] },
      finishReason: FinishReason.STOP,
      usage: { inputTokens: 125, outputTokens: 60 },
      providerModel: '',
    },
  });
});

test('a tool call', () => {
  const value = { id: 'tooluse_kZJMlvQmRJ6eAyJE5GIl7Q', name: 'top_song', argumentsJson: '{"sign":"WZPZ"}' };
  expect(decode(fixtures.json('tool-use.json'))).toMatchObject({
    value: {
      message: { parts: [{ content: { $case: 'text' } }, { content: { $case: 'toolCall', value } }] },
      finishReason: FinishReason.TOOL_CALLS,
    },
  });
});

test('reasoning keeps its signature and its author; tokens of the cache are part of the input', () => {
  expect(decode(fixtures.json('reasoning.json'))).toMatchObject({
    value: {
      message: {
        parts: [
          {
            content: {
              value: {
                text: "The word has three r's.",
                signature: 'bedrock-converse:EqoBCkgIARABGAIiQL8jzzFNZ7',
              },
            },
          },
          { content: { value: { redactedData: 'bedrock-converse:cmVkYWN0ZWQ=' } } },
          { content: { value: 'Three.' } },
        ],
      },
      usage: {
        inputTokens: 5_121,
        cacheReadTokens: 5_000,
        cacheWriteTokens: 110,
        cacheWrite1hTokens: 100,
        outputTokens: 40,
        reasoningTokens: undefined,
      },
    },
  });
});

const said = (stopReason: unknown, content: unknown[] = [{ text: 'x' }]) => ({
  output: { message: { role: 'assistant', content } },
  stopReason,
});

test.each([
  ['end_turn', FinishReason.STOP],
  ['stop_sequence', FinishReason.STOP],
  ['max_tokens', FinishReason.LENGTH],
  ['model_context_window_exceeded', FinishReason.LENGTH],
  ['tool_use', FinishReason.TOOL_CALLS],
  ['content_filtered', FinishReason.CONTENT_FILTER],
  ['guardrail_intervened', FinishReason.CONTENT_FILTER],
  ['something_new', FinishReason.UNSPECIFIED],
])('%s', (reason, finishReason) => {
  expect(decode(said(reason))).toMatchObject({ value: { finishReason, usage: undefined } });
});

test.each([
  ['no object', '[]'],
  ['cut JSON', '{"output":{'],
  ['no message', { stopReason: 'end_turn' }],
  ['no stop reason', said(undefined)],
  ['a call without a name', said('tool_use', [{ toolUse: { toolUseId: 'a', input: {} } }])],
  ['a call with a text as input', said('tool_use', [{ toolUse: { toolUseId: 'a', name: 'b', input: 'c' } }])],
  ['a text that is none', said('end_turn', [{ text: 7 }])],
  ['reasoning without a text', said('end_turn', [{ reasoningContent: { reasoningText: {} } }])],
  ['malformed output', said('malformed_model_output')],
])('%s is no answer', (_name, body) => {
  expect(decode(body)).toMatchObject({ ok: false, error: { class: 'invalid_response' } });
});

test('another content type is no answer', () => {
  const headers = { 'content-type': 'text/html' };
  expect(decode(said('end_turn'), { headers })).toMatchObject({ error: { class: 'invalid_response' } });
});
