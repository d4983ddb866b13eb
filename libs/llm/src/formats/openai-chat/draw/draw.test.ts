import { GenerateImagesRequest } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { answer } from '../../testing/fixtures.ts';
import { draw } from './draw.ts';

const asked = (change: Parameters<typeof GenerateImagesRequest.fromPartial>[0] = {}) =>
  GenerateImagesRequest.fromPartial({ model: 'm', prompt: 'a cat', ...change });
const decode = (body: unknown, request = asked()) => draw.decodeResponse(answer({ body }), request);
const bodyOf = (request: GenerateImagesRequest) => {
  const encoded = draw.encodeRequest({ request, model: 'gpt-image-1' });
  if (!encoded.ok) throw new Error(encoded.error.field);
  return { path: encoded.value.path, body: JSON.parse(String(encoded.value.body)) };
};

/** The example of https://platform.openai.com/docs/api-reference/images/create, its image replaced by a PNG's first bytes. */
const BY_TOKENS = {
  created: 1713833628,
  data: [{ b64_json: 'iVBORw0KGgo=' }],
  usage: {
    total_tokens: 100,
    input_tokens: 50,
    output_tokens: 50,
    input_tokens_details: { text_tokens: 10, image_tokens: 40 },
  },
};
const BY_IMAGE = {
  created: 1589478378,
  data: [{ url: 'https://example/1.png', revised_prompt: 'a sleepy cat' }, { url: 'https://example/2.png' }],
};

test('the request, and what passes through', () => {
  const change = { count: 2, size: '1024x1536', quality: 'high', user: 'u' };
  expect(
    bodyOf(asked({ ...change, passthroughFormat: 'openai-chat', passthroughJson: '{"style":"vivid"}' })),
  ).toEqual({
    path: '/images/generations',
    body: {
      model: 'gpt-image-1',
      prompt: 'a cat',
      n: 2,
      size: '1024x1536',
      quality: 'high',
      user: 'u',
      style: 'vivid',
    },
  });
  expect(bodyOf(asked()).body).toEqual({ model: 'gpt-image-1', prompt: 'a cat' });
});

test('who tells tokens is charged by them, and the images are counted in them alone', () => {
  expect(decode(BY_TOKENS)).toMatchObject({
    ok: true,
    value: {
      images: [{ source: { $case: 'data' }, mediaType: 'image/png' }],
      usage: { inputTokens: 50, inputImageTokens: 40, outputTokens: 50, outputImageTokens: 50 },
    },
  });
  const decoded = decode(BY_TOKENS);
  expect(decoded.ok && decoded.value.usage.outputImages).toBeUndefined();
});

test('who tells none is charged by the image; of another size or quality nobody knows the price', () => {
  const plain = decode(BY_IMAGE);
  expect(plain).toMatchObject({
    ok: true,
    value: {
      images: [
        { source: { $case: 'url', value: 'https://example/1.png' }, revisedPrompt: 'a sleepy cat' },
        { source: { $case: 'url', value: 'https://example/2.png' } },
      ],
    },
  });
  const usage = { inputTokens: 0, outputTokens: 0, outputImages: 2, estimated: false };
  expect(plain.ok && plain.value.usage).toEqual(usage);
  for (const change of [{ size: '1792x1024' }, { quality: 'hd' }])
    expect(decode(BY_IMAGE, asked(change))).toMatchObject({
      value: { usage: { ...usage, sizedOutputImages: 2 } },
    });
  for (const change of [{ size: '1024x1024' }, { size: 'auto', quality: 'standard' }])
    expect(decode(BY_IMAGE, asked(change))).toMatchObject({ value: { usage } });
});

test.each([
  ['no images', { data: [] }],
  ['an image that is nothing', { data: [{}] }],
  ['an empty image', { data: [{ b64_json: '' }] }],
])('%s is no success', (_, body) => {
  expect(decode(body)).toMatchObject({ ok: false, error: { class: 'invalid_response' } });
});
