import { GenerateImagesRequest } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { answer } from '../../testing/fixtures.ts';
import { draw } from './draw.ts';

const asked = (change: Parameters<typeof GenerateImagesRequest.fromPartial>[0] = {}) =>
  GenerateImagesRequest.fromPartial({ model: 'm', prompt: 'a robot', ...change });
const encode = (request: GenerateImagesRequest, model = 'imagen-4.0-generate-001') =>
  draw.encodeRequest({ request, model });
const decode = (body: unknown) => draw.decodeResponse(answer({ body }), asked());

/** The example of https://ai.google.dev/gemini-api/docs/imagen, its image cut to the first bytes of a PNG. */
const IMAGE = { mimeType: 'image/png', bytesBase64Encoded: 'iVBORw0KGgo=' };

test('prompt and number are what `predict` is told', () => {
  const encoded = encode(asked({ count: 4, size: '1024x1024' }));
  if (!encoded.ok) throw new Error(encoded.error.field);
  expect(encoded.value.path).toBe('/models/imagen-4.0-generate-001:predict');
  expect(JSON.parse(String(encoded.value.body))).toEqual({
    instances: [{ prompt: 'a robot' }],
    parameters: { sampleCount: 4 },
  });
});

test.each([
  [{ count: 5 }, undefined, 'count'],
  [{ size: '1792x1024' }, undefined, 'size'],
  [{ quality: 'hd' }, undefined, 'quality'],
  [{}, 'gemini-2.5-flash-image', 'model'],
])('%j of %s is refused by its field', (change, model, field) => {
  const encoded = encode(asked(change), model);
  expect(encoded.ok ? undefined : encoded.error.field).toBe(field);
});

test('images are charged by the image; those that a filter held back are not', () => {
  expect(decode({ predictions: [IMAGE, { raiFilteredReason: 'no' }] })).toMatchObject({
    ok: true,
    value: { images: [{ mediaType: 'image/png' }], usage: { outputImages: 1, inputTokens: 0 } },
  });
  expect(decode({ predictions: [] })).toMatchObject({ ok: false, error: { class: 'content_filter' } });
});
