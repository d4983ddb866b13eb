import { ModerateRequest, ModerationScope } from '@switchyard/contracts/routing';
import { expect, test } from 'vitest';
import { answer } from '../../testing/fixtures.ts';
import { moderate } from './moderate.ts';

const text = (value: string) => ({ content: { $case: 'text' as const, value } });
const image = (value: string) => ({ content: { $case: 'imageUrl' as const, value } });
const asked = (change: Parameters<typeof ModerateRequest.fromPartial>[0] = {}) =>
  ModerateRequest.fromPartial({ model: 'm', inputs: [text('a')], ...change });
const encode = (request: ModerateRequest) =>
  moderate.encodeRequest({ request, model: 'omni-moderation-latest' });
const inputOf = (request: ModerateRequest) => {
  const encoded = encode(request);
  if (!encoded.ok) throw new Error(encoded.error.field);
  return JSON.parse(String(encoded.value.body)).input;
};
const decode = (body: unknown, request = asked()) => moderate.decodeResponse(answer({ body }), request);

/** The example of https://platform.openai.com/docs/api-reference/moderations/object, three of its categories. */
const VERDICT = {
  flagged: true,
  categories: { sexual: false, 'harassment/threatening': true, illicit: null },
  category_scores: { sexual: 2.34e-7, 'harassment/threatening': 0.69, illicit: null },
  category_applied_input_types: { sexual: ['text', 'image'], 'harassment/threatening': ['text'] },
};
const DOCUMENTED = {
  id: 'modr-0d9740456c391e43c445bf0f010940c7',
  model: 'omni-moderation-latest',
  results: [VERDICT],
};

test('texts are sent as texts, parts of a message as parts', () => {
  expect(inputOf(asked({ inputs: [text('a'), text('b')] }))).toEqual(['a', 'b']);
  const together = { inputs: [text('a'), image('https://x/y.png')], scope: ModerationScope.TOGETHER };
  expect(inputOf(asked(together))).toEqual([
    { type: 'text', text: 'a' },
    { type: 'image_url', image_url: { url: 'https://x/y.png' } },
  ]);
  expect(inputOf(asked({ inputs: [image('https://x/y.png')] }))).toHaveLength(1);
});

test('an image among inputs that are each to be judged by themselves is refused', () => {
  const encoded = encode(asked({ inputs: [text('a'), image('https://x/y.png')] }));
  expect(encoded.ok ? undefined : encoded.error.field).toBe('inputs[1].image_url');
});

test('the documented answer; categories that were not judged are left out', () => {
  expect(decode(DOCUMENTED)).toEqual({
    ok: true,
    value: {
      results: [
        {
          flagged: true,
          categories: [
            { name: 'sexual', flagged: false, score: 2.34e-7, inputTypes: ['text', 'image'] },
            { name: 'harassment/threatening', flagged: true, score: 0.69, inputTypes: ['text'] },
          ],
        },
      ],
      usage: undefined,
      providerModel: 'omni-moderation-latest',
    },
  });
});

test.each([
  ['too few verdicts', { ...DOCUMENTED, results: [] }, asked()],
  ['one verdict for two texts', DOCUMENTED, asked({ inputs: [text('a'), text('b')] })],
  ['no word on being flagged', { ...DOCUMENTED, results: [{ ...VERDICT, flagged: undefined }] }, asked()],
  ['no categories', { ...DOCUMENTED, results: [{ flagged: false }] }, asked()],
])('%s is no success', (_, body, request) => {
  expect(decode(body, request)).toMatchObject({ ok: false, error: { class: 'invalid_response' } });
});
