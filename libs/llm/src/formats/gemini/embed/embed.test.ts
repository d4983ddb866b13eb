import { EmbedPurpose, EmbedRequest } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { answer } from '../../testing/fixtures.ts';
import { embed } from './embed.ts';

const text = (value: string) => ({ content: { $case: 'text' as const, value } });
const asked = (change: Parameters<typeof EmbedRequest.fromPartial>[0] = {}) =>
  EmbedRequest.fromPartial({ model: 'm', inputs: [text('What is the meaning of life?')], ...change });
const encode = (request: EmbedRequest) =>
  embed.encodeRequest({ request, model: 'models/gemini-embedding-001' });

test('each text is a request of the batch. Example: https://ai.google.dev/gemini-api/docs/embeddings', () => {
  const encoded = encode(
    asked({
      inputs: [text('What is the meaning of life?'), text('b')],
      dimensions: 768,
      embedPurpose: EmbedPurpose.QUERY,
    }),
  );
  if (!encoded.ok) throw new Error(encoded.error.field);
  expect(encoded.value.path).toBe('/models/gemini-embedding-001:batchEmbedContents');
  expect(JSON.parse(String(encoded.value.body)).requests[0]).toEqual({
    model: 'models/gemini-embedding-001',
    content: { parts: [{ text: 'What is the meaning of life?' }] },
    taskType: 'RETRIEVAL_QUERY',
    outputDimensionality: 768,
  });
});

test.each([
  [[{ content: { $case: 'tokens' as const, value: { tokens: [1] } } }], 'inputs[0].tokens'],
  [Array(101).fill(text('a')), 'inputs'],
])('what it cannot express is refused by its field', (inputs, field) => {
  const encoded = encode(asked({ inputs }));
  expect(encoded.ok ? undefined : encoded.error.field).toBe(field);
});

test('vectors come in order, and nothing says what was used', () => {
  const body = { embeddings: [{ values: [0.1, -0.2] }, { values: [0.3, 0.4] }] };
  const request = asked({ inputs: [text('a'), text('b')] });
  expect(embed.decodeResponse(answer({ body }), request)).toEqual({
    ok: true,
    value: {
      embeddings: [{ values: [0.1, -0.2] }, { values: [0.3, 0.4] }],
      usage: undefined,
      providerModel: '',
    },
  });
  expect(embed.decodeResponse(answer({ body }), asked())).toMatchObject({
    ok: false,
    error: { class: 'invalid_response' },
  });
});
