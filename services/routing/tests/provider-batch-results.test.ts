import { Readable } from 'node:stream';
import { systemClock } from '@switchyard/kernel';
import { findWireFormat } from '@switchyard/llm';
import { expect, test, vi } from 'vitest';
import type { BatchContext } from '../src/batch/batch-context.ts';
import type { Followed } from '../src/batch/provider-batches/followed.ts';
import { settleResults } from '../src/batch/provider-batches/settle-results.ts';
import { remoteLineId } from '../src/domain/batch/provider-batch.ts';
import { fileNotFound, fileUnreadable } from '../src/errors.ts';
import type { EndedLine } from '../src/pipeline/batched-lines.ts';
import { ProviderBatchClient, type RemoteCall, type RemoteLine } from '../src/transport/provider-batches.ts';
import { offering } from './domain/offerings.ts';
import { contextOf } from './support/pipeline-context.ts';

const MIB = 1024 ** 2;
const ID = '00000000-0000-4000-8000-000000000000';
const resultOf = (number: number, content: string) =>
  JSON.stringify({
    id: 'x',
    custom_id: remoteLineId(ID, number),
    response: { status_code: 200, body: { content } },
  });
const { provider } = offering({ provider: 'openai' });
const protocol = findWireFormat('openai-chat')?.batches as NonNullable<RemoteCall['protocol']>;
const call: RemoteCall = { provider, protocol, signal: new AbortController().signal };

function clientOf(text: string): ProviderBatchClient {
  const bytes = Buffer.from(text);
  const chunks = Array.from({ length: Math.ceil(bytes.length / MIB) }, (_, i) =>
    bytes.subarray(i * MIB, (i + 1) * MIB),
  );
  const send = () => ({
    head: Promise.resolve({ status: 200, headers: {} }),
    next: () => Promise.resolve(chunks.shift()),
    end: () => undefined,
  });
  return new ProviderBatchClient({ ...contextOf().context, transport: { send } as never });
}

async function linesOf(client: ProviderBatchClient): Promise<RemoteLine[]> {
  const lines: RemoteLine[] = [];
  for await (const line of client.lines(protocol.get('b'), call)) lines.push(line);
  return lines;
}

test('a result above 16 MiB is cut to its beginning, and the next ones are read', async () => {
  const lines = await linesOf(
    clientOf([resultOf(1, 'a'), resultOf(2, 'b'.repeat(40 * MIB)), resultOf(3, 'c')].join('\n')),
  );
  expect(lines.map(({ isWhole, text }) => [isWhole, text.length])).toEqual([
    [true, resultOf(1, 'a').length],
    [false, 4_096],
    [true, resultOf(3, 'c').length],
  ]);
});

/** Has line 2 settled, of a batch whose file is `contents`. @returns what was booked, and what it was told */
async function settled(result: string, contents: () => AsyncIterable<Buffer>) {
  const handed = {
    lines: () => new Map([[2, { number: 2, reservation: 'r', decision: 'd' }]]),
    end: vi.fn(),
  };
  const batched = { settle: vi.fn() };
  const work = { end: vi.fn() };
  const context = {
    ...{ handed, batched, work, clock: systemClock, log: { error: () => undefined } },
    remote: clientOf(result),
    files: { find: () => ({}), contents },
    events: { batchLine: vi.fn() },
  } as unknown as BatchContext;
  const stored = (store: () => unknown) => Promise.resolve(store());
  const leased = { batch: { id: ID, tenant: 't', inputFileId: 'f', endpoint: '/v1/chat/completions' } };
  const lease = { leased, stored, lost: new AbortController().signal };
  const followed = { one: { id: ID }, call, work: { lease } } as unknown as Followed;
  const ended = { results: [protocol.get('b')] } as unknown as Parameters<typeof settleResults>[0];
  expect(await settleResults(ended, followed, context)).toBe('ended');
  expect(handed.end).toHaveBeenCalledOnce();
  expect(batched.settle).toHaveBeenCalledOnce();
  const [booked] = batched.settle.mock.calls[0] as [EndedLine];
  const [, told] = work.end.mock.calls[0] as [unknown, { number: number; content: Buffer }];
  expect(told.number).toBe(2);
  return { booked, told: JSON.parse(told.content.toString()) as unknown };
}

test('only the line whose result is too large ends as such: it is charged by estimate', async () => {
  const line = { custom_id: 'mine', method: 'POST', url: '/v1/chat/completions', body: { model: 'm' } };
  const text = `${JSON.stringify({ ...line, custom_id: 'other' })}\n${JSON.stringify(line)}\n`;
  const { booked, told } = await settled(resultOf(2, 'b'.repeat(17 * MIB)), () =>
    Readable.from([Buffer.from(text)]),
  );
  expect(booked.end).toMatchObject({ delivered: false, usage: undefined, httpStatus: 200 });
  expect(told).toMatchObject({ custom_id: 'mine', error: { code: 'answer_too_large' } });
});

test.each([fileUnreadable(), fileNotFound()])(
  'where the file of a batch is lost ($reason), a line is charged by what it used all the same',
  async (lost) => {
    const answer = {
      ...{ id: 'x', object: 'chat.completion', created: 1, model: 'm' },
      choices: [{ index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
    };
    const result = { id: 'x', custom_id: remoteLineId(ID, 2), response: { status_code: 200, body: answer } };
    // biome-ignore lint/correctness/useYield: it fails before
    const { booked, told } = await settled(JSON.stringify(result), async function* () {
      throw lost;
    });
    expect(booked.end).toMatchObject({
      ...{ delivered: false, httpStatus: 200 },
      usage: { inputTokens: 12, outputTokens: 3 },
    });
    expect(told).toMatchObject({ error: { code: 'file_unreadable' } });
  },
);

test('where the file of a batch is lost, a line that the provider refused is booked as what it was, at no cost', async () => {
  const refused = {
    error: { message: 'no such model', type: 'invalid_request_error', code: 'model_not_found' },
  };
  const result = { id: 'x', custom_id: remoteLineId(ID, 2), response: { status_code: 404, body: refused } };
  // biome-ignore lint/correctness/useYield: it fails before
  const { booked, told } = await settled(JSON.stringify(result), async function* () {
    throw fileNotFound();
  });
  expect(booked.end).toMatchObject({ outcome: 'not_found', httpStatus: 404, usage: undefined });
  expect(told).toMatchObject({ error: { code: 'file_unreadable' } });
});

test('the file of results is kept for three days: it is read as soon as it is there', () => {
  const { body } = protocol.create({ name: 'n', lines: [], path: '/chat/completions' }, 'file-1');
  expect(JSON.parse(String(body))).toMatchObject({
    input_file_id: 'file-1',
    output_expires_after: { anchor: 'created_at', seconds: 259_200 },
  });
});
