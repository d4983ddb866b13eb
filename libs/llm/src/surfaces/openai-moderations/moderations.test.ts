import { ModerateResponse, ModerationScope } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { moderationsSurface } from './moderations-surface.ts';

const decode = (body: unknown) => moderationsSurface.decode(body, {});
const decoded = (body: unknown) => {
  const result = decode(body);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value.request;
};
const text = (value: string) => ({ content: { $case: 'text', value } });

test.each([
  ['one text', 'a', [text('a')], ModerationScope.EACH],
  ['texts', ['a', 'b'], [text('a'), text('b')], ModerationScope.EACH],
  [
    'parts of a message',
    [
      { type: 'text', text: 'a' },
      { type: 'image_url', image_url: { url: 'https://x/y.png' } },
    ],
    [text('a'), { content: { $case: 'imageUrl', value: 'https://x/y.png' } }],
    ModerationScope.TOGETHER,
  ],
])('%s', (_, input, inputs, scope) => {
  expect(decoded({ input })).toMatchObject({ model: 'omni-moderation-latest', inputs, scope });
});

test.each([
  [{}, ['input']],
  [{ input: [] }, ['input']],
  [{ input: ['a', ''] }, ['input[1]']],
  [
    { input: [{ type: 'text' }, { type: 'sound' }, { type: 'image_url' }] },
    ['input[0].text', 'input[1].type', 'input[1].text', 'input[2].image_url'],
  ],
])('%j is refused by its fields', (body, fields) => {
  const result = decode(body);
  expect(result.ok ? [] : result.error.map(({ field }) => field)).toEqual(fields);
});

test("the answer has OpenAI's shape", () => {
  const categories = [{ name: 'violence', flagged: true, score: 0.9, inputTypes: ['text'] }];
  const response = ModerateResponse.fromPartial({
    requestId: 'r',
    results: [{ flagged: true, categories }],
    providerModel: 'omni-moderation-2024-09-26',
  });
  const asked = { request: decoded({ input: 'a' }) };
  expect(moderationsSurface.encodeResponse(response, { asked, createdAtMs: 0 })).toMatchObject({
    id: 'modr-r',
    model: 'omni-moderation-2024-09-26',
    results: [
      {
        flagged: true,
        categories: { violence: true },
        category_scores: { violence: 0.9 },
        category_applied_input_types: { violence: ['text'] },
      },
    ],
  });
});
