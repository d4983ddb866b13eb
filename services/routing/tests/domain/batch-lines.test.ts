import { ServiceError } from '@switchyard/kernel';
import { expect, test } from 'vitest';
import { MAX_LINES, MAX_RESULT_BYTES } from '../../src/domain/batch/batch-limits.ts';
import { cutChunks, linesOf, longestLine } from '../../src/domain/batch/cut-lines.ts';
import { INTERRUPTED, keepResult } from '../../src/domain/batch/line-result.ts';
import { patience } from '../../src/domain/batch/patience.ts';
import { idOf, publicId } from '../../src/domain/batch/public-ids.ts';
import { FileCheck, readLine } from '../../src/domain/batch/read-line.ts';

const texts = ['a', '', 'bbbbbbbbbb', 'cc', 'ä', '   ', 'd'];

test.each([1, 2, 3, 7, 12, 1_000])(
  'chunks of %i bytes hold whole lines, and together the file',
  async (bytes) => {
    for (const end of ['', '\n']) {
      const data = Buffer.from(texts.join('\n') + end);
      const chunks = [...cutChunks(data, bytes)];
      expect(Buffer.concat(chunks).equals(data)).toBe(true);
      for (const chunk of chunks.slice(0, -1)) expect(chunk.at(-1)).toBe(0x0a);
      const lines = await gather(linesOf(chunksOf(chunks)));
      expect(lines.map(({ number, text }) => [number, text])).toEqual([
        [1, 'a'],
        [3, 'bbbbbbbbbb'],
        [4, 'cc'],
        [5, 'ä'],
        [7, 'd'],
      ]);
    }
  },
);

async function* chunksOf(chunks: readonly Buffer[]) {
  yield* chunks;
}

test('the longest line is measured in bytes, without its end', () => {
  expect(longestLine(Buffer.from('ää\nabc\n'))).toBe(4);
  expect(longestLine(Buffer.from('a\nabcdef'))).toBe(6);
});

const ENDPOINT = '/v1/embeddings';
const good = { custom_id: 'a', method: 'POST', url: ENDPOINT, body: { model: 'm' } };
const read = (value: unknown) =>
  readLine({ number: 7, text: typeof value === 'string' ? value : JSON.stringify(value) }, ENDPOINT);

test('a line is read with its number, its name and its body', () => {
  expect(read(good)).toEqual({ ok: true, value: { number: 7, customId: 'a', body: { model: 'm' } } });
});

test.each([
  ['{', 'invalid_json_line', undefined],
  ['[]', 'invalid_json_line', undefined],
  ['null', 'invalid_json_line', undefined],
  [{ ...good, custom_id: undefined }, 'invalid_custom_id', 'custom_id'],
  [{ ...good, custom_id: 1 }, 'invalid_custom_id', 'custom_id'],
  [{ ...good, custom_id: 'x'.repeat(513) }, 'invalid_custom_id', 'custom_id'],
  [{ ...good, method: 'post' }, 'invalid_method', 'method'],
  [{ ...good, url: '/v1/chat/completions' }, 'mismatched_url', 'url'],
  [{ ...good, body: [] }, 'invalid_body', 'body'],
  [{ ...good, body: { stream: true } }, 'invalid_body', 'body.stream'],
])('%j is refused as %s', (value, code, field) => {
  expect(read(value)).toMatchObject({ ok: false, error: { code, field, line: 7 } });
});

const check = (...lines: readonly unknown[]) => {
  const found = new FileCheck(ENDPOINT);
  let goesOn = true;
  for (const [i, value] of lines.entries())
    goesOn &&= found.add({ number: i + 1, text: JSON.stringify(value) });
  return { found, goesOn };
};

test('a name comes once; a file has lines, and not too many', () => {
  expect(check(good, { ...good, custom_id: 'b' }).found.problems).toEqual([]);
  expect(check(good, good).found.problems).toMatchObject([{ code: 'duplicate_custom_id', line: 2 }]);
  expect(check().found.problems).toMatchObject([{ code: 'empty_file' }]);
  const many = Array.from({ length: MAX_LINES + 1 }, (_, i) => ({ ...good, custom_id: String(i) }));
  const { found, goesOn } = check(...many);
  expect(found.problems).toMatchObject([{ code: 'too_many_lines' }]);
  expect(goesOn).toBe(false);
  expect(check(...many.slice(1)).found.problems).toEqual([]);
});

test('no more than 100 problems are told', () => {
  const { found, goesOn } = check(...Array.from({ length: 200 }, () => 1));
  expect(found.problems).toHaveLength(100);
  expect(goesOn).toBe(false);
});

const place = { batchId: '01234567-89ab-cdef-0123-456789abcdef', number: 3, customId: 'c' };
const parse = ({ content }: { content: Buffer }) => JSON.parse(content.toString()) as unknown;

test('an answer and an error are told as OpenAI has them', () => {
  const answer = { status: 200, requestId: 'r', body: { x: 1 }, costNanoUsd: 5n };
  const kept = keepResult({ answer }, place);
  expect(kept).toMatchObject({ end: 'answered', costNanoUsd: 5n });
  expect(kept.content.at(-1)).toBe(0x0a);
  expect(parse(kept)).toEqual({
    id: 'batch_req_0123456789abcdef0123456789abcdef_3',
    custom_id: 'c',
    response: { status_code: 200, request_id: 'r', body: { x: 1 } },
    error: null,
  });
  expect(keepResult({ answer: { ...answer, status: 400 } }, place).end).toBe('failed');
  const failed = keepResult({ error: INTERRUPTED }, place);
  expect(failed).toMatchObject({ end: 'failed', costNanoUsd: 0n });
  expect(parse(failed)).toMatchObject({ response: null, error: { code: 'interrupted' } });
});

test('an answer that is too large is told as an error, with what it cost', () => {
  const body = 'x'.repeat(MAX_RESULT_BYTES);
  const kept = keepResult({ answer: { status: 200, requestId: 'r', body, costNanoUsd: 5n } }, place);
  expect(kept).toMatchObject({ end: 'failed', costNanoUsd: 5n });
  expect(parse(kept)).toMatchObject({ error: { code: 'answer_too_large' } });
});

const errorOf = (reason: string, retryable: boolean, retryAfterMs?: number) =>
  new ServiceError({
    reason,
    code: 'UNAVAILABLE',
    publicMessage: '',
    retryable,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });

test.each([
  // reason, retryable, retry after, tries → from, to
  ['PROVIDER_RATE_LIMITED', true, undefined, 1, 0, 1_000],
  ['PROVIDER_RATE_LIMITED', true, 20_000, 50, 20_000, 80_000],
  ['NO_CANDIDATE', true, 900_000, 3, 300_000, 300_000],
  ['BUDGETS_UNCHECKED', true, 1_000, 50, 1_000, 61_000],
  ['BUDGET_EXCEEDED', true, 60_000, 50, 60_000, 120_000],
  ['PROVIDER_SERVER_ERROR', true, undefined, 4, 0, 8_000],
] as const)(
  '%s (retryable %s, after %s, try %i) is waited for',
  (reason, retryable, after, tries, least, most) => {
    const error = errorOf(reason, retryable, after);
    expect(patience(error, { tries, random: () => 0, mayHaveRoom: false })?.waitMs).toBe(least);
    expect(patience(error, { tries, random: () => 1, mayHaveRoom: false })?.waitMs).toBe(most);
  },
);

test.each([
  ['PROVIDER_SERVER_ERROR', true, 5],
  ['PROVIDER_INVALID_REQUEST', false, 1],
  ['NO_CANDIDATE', false, 1],
  // One that does not begin anew soon.
  ['BUDGET_EXCEEDED', false, 1],
] as const)('%s (retryable %s, try %i) is the end', (reason, retryable, tries) => {
  const options = { tries, random: () => 0, mayHaveRoom: false };
  expect(patience(errorOf(reason, retryable), options)).toBeUndefined();
});

test('a budget without room is waited for while lines at providers may leave it some', () => {
  const options = { tries: 50, random: () => 1, mayHaveRoom: true };
  const asked = patience(errorOf('BUDGET_EXCEEDED', false), options);
  expect(asked).toEqual({ waitMs: 60_000, refused: 'for now' });
});

test('public ids and back; what is none has no id', () => {
  for (const prefix of ['file-', 'batch_'] as const)
    expect(idOf(prefix, publicId(prefix, place.batchId))).toBe(place.batchId);
  for (const named of [
    '',
    'file-',
    'batch_x',
    publicId('batch_', place.batchId),
    `${publicId('file-', place.batchId)}0`,
  ])
    expect(idOf('file-', named)).toBeUndefined();
});

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
