import { CompleteRequest, Role } from '@switchyard/contracts/routing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bundledCatalog } from '../../catalog/bundled-catalog.ts';
import { OPENAI_DIALECT } from '../dialect.ts';
import { openaiChat } from './openai-chat.ts';
import { wireCallId } from './wire-call-id.ts';

const dialect = bundledCatalog().provider('mistral')?.dialect ?? OPENAI_DIALECT;

test('whatever an id is, Mistral gets nine letters and digits, always the same, and its own as they are', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (id) => {
      const sent = wireCallId(id, dialect);
      expect(sent).toMatch(/^[A-Za-z0-9]{9}$/);
      expect(wireCallId(id, dialect)).toBe(sent);
      // What was made of an id is taken as it is when it comes back.
      expect(wireCallId(sent, dialect)).toBe(sent);
      expect(wireCallId(id, OPENAI_DIALECT)).toBe(id);
    }),
  );
  expect(wireCallId('D681PevKs', dialect)).toBe('D681PevKs');
});

test('ids that are alike are not taken for each other', () => {
  const ids = Array.from({ length: 10_000 }, (_, i) => `call_${i}`);
  expect(new Set(ids.map((id) => wireCallId(id, dialect))).size).toBe(ids.length);
});

test('a call and its result still belong together', () => {
  const call = { id: 'toolu_01A09q90qw90lq917835lq9', name: 'f', argumentsJson: '{}' };
  const result = { toolCallId: call.id, parts: [{ content: { $case: 'text' as const, value: 'ok' } }] };
  const request = CompleteRequest.fromPartial({
    model: 'm',
    messages: [
      { role: Role.ASSISTANT, parts: [{ content: { $case: 'toolCall', value: call } }] },
      { role: Role.TOOL, parts: [{ content: { $case: 'toolResult', value: result } }] },
    ],
  });
  const encoded = openaiChat.encodeRequest({
    request,
    model: 'm',
    maxOutputTokens: undefined,
    stream: false,
    dialect,
  });
  if (!encoded.ok) throw new Error(encoded.error.field);
  const [assistant, tool] = JSON.parse(encoded.value.body).messages;
  expect(tool.tool_call_id).toBe(assistant.tool_calls[0].id);
  expect(tool.tool_call_id).toMatch(/^[A-Za-z0-9]{9}$/);
});
