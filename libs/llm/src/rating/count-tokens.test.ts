import { CompleteRequest, Role } from '@switchyard/contracts/routing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundInputTokens, estimateInputTokens, estimateTextTokens } from './count-tokens.ts';
import { unboundedFields } from './unbounded-fields.ts';

const request = (content: object, more: object = {}) =>
  CompleteRequest.fromPartial({
    messages: [{ role: Role.USER, parts: [{ content: content as never }] }],
    ...more,
  });

const text = (value: string) => request({ $case: 'text', value });
const data = (bytes: number) => ({ $case: 'data', value: Buffer.alloc(bytes) });

test('the bound has at least a token for each UTF-8 byte of text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 500 }), (value) => {
      expect(boundInputTokens(text(value))).toBeGreaterThanOrEqual(Buffer.byteLength(value));
    }),
  );
});

test('text wherever it stands counts in the bound', () => {
  const long = 'x'.repeat(10_000);
  const inResult = { $case: 'toolResult', value: { parts: [{ content: { $case: 'text', value: long } }] } };
  const requests = [
    request(inResult),
    request({ $case: 'toolCall', value: { argumentsJson: long } }),
    request({ $case: 'reasoning', value: { text: long } }),
    request({ $case: 'reasoning', value: { signature: long } }),
    request({ $case: 'reasoning', value: { redactedData: long } }),
    request({ $case: 'refusal', value: long }),
    request({ $case: 'file', value: { source: data(10_000), mediaType: 'text/plain' } }),
    CompleteRequest.fromPartial({ tools: [{ name: 'f', description: long }] }),
    CompleteRequest.fromPartial({ tools: [{ name: 'f', parametersJsonSchema: long }] }),
    CompleteRequest.fromPartial({ responseFormat: { jsonSchema: long } }),
    CompleteRequest.fromPartial({ passthroughJson: long }),
  ];
  for (const each of requests) expect(boundInputTokens(each)).toBeGreaterThanOrEqual(10_000);
});

test('a picture is bounded by the dearest known one, 48,169 tokens at gpt-4o-mini', () => {
  const image = request({
    $case: 'image',
    value: { source: { $case: 'url', value: 'https://x.test/a.png' } },
  });
  expect(boundInputTokens(image)).toBeGreaterThan(48_169);
  expect(boundInputTokens(image)).toBeLessThan(60_000);
});

test.each([
  ['a PDF', { $case: 'file', value: { source: data(10), mediaType: 'application/pdf' } }],
  ['a document by id', { $case: 'file', value: { source: { $case: 'fileId', value: 'f' } } }],
  ['a sound by URL', { $case: 'audio', value: { source: { $case: 'url', value: 'u' } } }],
])('%s has no bound of its own', (_, content) => {
  expect(boundInputTokens(request(content))).toBe(Number.POSITIVE_INFINITY);
  expect(estimateInputTokens(request(content))).toBeLessThan(10_000);
});

test('the estimate of plain text is about a token for four bytes, and below the bound', () => {
  const plain = text('word '.repeat(800));
  expect(estimateInputTokens(plain)).toBe(1_004);
  expect(estimateInputTokens(plain)).toBeLessThan(boundInputTokens(plain));
  expect(estimateTextTokens(9)).toBe(3);
  expect(estimateTextTokens(0)).toBe(0);
});

test.each([
  ['nothing', '', []],
  ['harmless fields', '{"metadata":{},"logit_bias":{}}', []],
  ['web search', '{"web_search_options":{},"store":true}', ['passthrough_json.web_search_options']],
  ['another tier', '{"service_tier":"priority"}', ['passthrough_json.service_tier']],
  ['what cannot be read', '{', ['passthrough_json']],
])('what makes a cost boundless: %s', (_, passthroughJson, expected) => {
  expect(unboundedFields(CompleteRequest.fromPartial({ passthroughJson }))).toEqual(expected);
});
