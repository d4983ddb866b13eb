import type { UsageRecord } from '@switchyard/contracts/events';
import { decodeOperation, type ProviderBatch, type ProviderError } from '@switchyard/llm';
import type { HandedLine } from '../../adapters/postgres-provider-batches.ts';
import {
  ANSWER_TOO_LARGE,
  keepResult,
  type LineAnswer,
  type LineResult,
} from '../../domain/batch/line-result.ts';
import { type HandedBatch, lineNumberOf } from '../../domain/batch/provider-batch.ts';
import { publicId } from '../../domain/batch/public-ids.ts';
import type { BatchLine } from '../../domain/batch/read-line.ts';
import { allFailed } from '../../errors.ts';
import type { EndedLine } from '../../pipeline/batched-lines.ts';
import { durationOf } from '../../pipeline/duration-of.ts';
import type { AnswerSummary } from '../../pipeline/pipeline.ts';
import { RemoteError, type RemoteLine } from '../../transport/provider-batches.ts';
import type { LineWork } from '../ask-line.ts';
import type { BatchContext } from '../batch-context.ts';
import { batchLines } from '../input-lines.ts';
import type { LineEndpoint } from '../line-endpoints.ts';
import type { Followed } from './followed.ts';
import { readResult } from './result-line.ts';
import { giveBackLines, type Unanswered } from './settle-lines.ts';

/** The lines of a provider's batch that have not ended. */
interface Open {
  readonly handed: Map<number, HandedLine>;
  /** As the batch's file has them. */
  readonly asked: ReadonlyMap<number, BatchLine>;
  readonly unanswered: (HandedLine & Unanswered)[];
}

/** Lines that are being settled, and what with. */
interface Settling {
  readonly open: Open;
  readonly followed: Followed;
  readonly context: BatchContext;
}

/**
 * Settles the lines of a provider's batch that has ended, one result after the other, whatever their order. Each is booked, then told.
 *
 * @returns `open` where the results cannot be read now
 */
export async function settleResults(
  ended: ProviderBatch,
  followed: Followed,
  context: BatchContext,
): Promise<'ended' | 'open'> {
  const { one, work, call } = followed;
  const { lease } = work;
  const handed = await lease.stored(() => context.handed.lines(lease.leased, one.id));
  if (handed === undefined) return 'open';
  const open: Open = {
    handed: new Map(handed),
    asked: await askedLines(handed, work, context),
    unanswered: [],
  };
  try {
    for (const results of ended.results)
      for await (const told of context.remote.lines(results, call)) {
        if (lease.lost.aborted) return 'open';
        await settleOne(told, { open, followed, context });
      }
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    context.log.info(
      { provider: call.provider.id, detail: error.message },
      'results of a batch cannot be read now',
    );
    return 'open';
  }
  // What no result tells of was not answered.
  const untold = { outcome: 'timeout', detail: "the provider's batch ended without an answer to it" };
  const back = [...open.unanswered, ...[...open.handed.values()].map((line) => ({ ...line, ...untold }))];
  await giveBackLines(back, followed, context);
  if (lease.lost.aborted) return 'open';
  await lease.stored(() => context.handed.end(lease.leased, one.id));
  return 'ended';
}

/** Lines as the batch's file has them. */
export async function askedLines(
  handed: ReadonlyMap<number, HandedLine>,
  work: LineWork,
  context: BatchContext,
): Promise<ReadonlyMap<number, BatchLine>> {
  const asked = new Map<number, BatchLine>();
  for await (const line of batchLines(work.lease, context))
    if (handed.has(line.number)) asked.set(line.number, line);
  return asked;
}

async function settleOne(told: RemoteLine, settling: Settling): Promise<void> {
  const {
    open,
    followed: { one, call },
  } = settling;
  const result = readResult(told, call.protocol);
  const number = result && lineNumberOf(one.id, result.customId);
  const line = number === undefined ? undefined : open.handed.get(number);
  const asked = number === undefined ? undefined : open.asked.get(number);
  // Told twice, or not asked.
  if (result === undefined || line === undefined || asked === undefined) return;
  open.handed.delete(line.number);
  const { end } = result;
  if (end.kind === 'too large') return settleTooLarge({ asked, line }, settling);
  if (end.kind !== 'answered') {
    open.unanswered.push({ ...line, outcome: end.kind, detail: `${end.kind} in the provider's batch` });
    return;
  }
  await settleAnswer({ asked, line, answer: end }, settling);
}

/** It was answered and billed; by how much is estimated. */
async function settleTooLarge(
  { asked, line }: Pick<Answered, 'asked' | 'line'>,
  settling: Settling,
): Promise<void> {
  const end = { outcome: 'invalid_response', delivered: false, usage: undefined, httpStatus: 200 };
  await book({ line, end, detail: 'the result is larger than 16 MiB' }, settling);
  await tell({ error: ANSWER_TOO_LARGE }, { asked, ...settling });
}

interface Answered {
  readonly asked: BatchLine;
  readonly line: HandedLine;
  readonly answer: { readonly status: number; readonly body: Buffer };
}

async function settleAnswer({ asked, line, answer }: Answered, settling: Settling): Promise<void> {
  const { open, followed, context } = settling;
  const { one, work, call } = followed;
  const { lease, endpoint } = work;
  const { provider } = call;
  const operation = await endpoint.operationOf(asked.body, publicId('batch_', lease.leased.batch.id));
  const headers = { 'content-type': 'application/json' };
  const decoded = decodeOperation(provider.format, operation, {
    ...{ status: answer.status, headers, body: answer.body },
    wallNowMs: context.clock.wallMs(),
  });
  const tellAnswer = (answer: LineAnswer): Promise<void> => tell({ answer }, { asked, followed, context });
  if (!decoded.ok) {
    const { error } = decoded;
    // What may go well in another try is asked by itself.
    if (error.retryable || error.sameProviderRetry) {
      open.unanswered.push({
        ...line,
        outcome: error.class,
        detail: error.detail,
        httpStatus: answer.status,
      });
      return;
    }
    const end = { outcome: error.class, delivered: false, usage: undefined, httpStatus: answer.status };
    await book({ line, end, detail: error.detail }, settling);
    return tellAnswer(refusalOf(error, line, endpoint));
  }
  const { usage } = decoded.value;
  const end = { outcome: 'ok', delivered: true, usage, httpStatus: answer.status };
  const record = await book({ line, end, detail: '' }, settling);
  if (record === undefined) return;
  return tellAnswer(
    await endpoint.tell(asked.body, { decoded: decoded.value, ...summaryOf(record, line, one) }),
  );
}

/** What came of a line. */
interface LineEnding extends Pick<Answered, 'line'>, Pick<EndedLine, 'end' | 'detail'> {}

/** Books the end of a line. @returns undefined where the lease is lost */
function book(
  { line: { reservation, decision }, end, detail }: LineEnding,
  { followed: { one, work }, context }: Settling,
): Promise<UsageRecord | undefined> {
  const after = 'line has ended' as const;
  const booked = { batch: one, reservation, decision, end, after, detail };
  return work.lease.stored(async () => context.batched.settle(booked));
}

/** Keeps what a line is told: it has ended. */
async function tell(
  result: LineResult,
  {
    asked: { number, customId },
    followed,
    context,
  }: Pick<Answered, 'asked'> & Pick<Settling, 'followed' | 'context'>,
): Promise<void> {
  const { lease } = followed.work;
  const kept = keepResult(result, { batchId: lease.leased.batch.id, number, customId });
  await lease.stored(() => context.work.end(lease.leased, { number, ...kept }));
  context.events.batchLine(kept.end);
}

/** What the path tells of an error that is the line's own. */
function refusalOf(
  error: ProviderError,
  { reservation: { requestId, provider, model } }: HandedLine,
  endpoint: LineEndpoint,
): LineAnswer {
  const { status, body } = endpoint.encodeError(
    allFailed({ requestId, provider, model, attempts: 1, error }),
  );
  return { status, requestId, body, costNanoUsd: undefined };
}

/** What is told with an answer. */
function summaryOf(
  { requestId, usage, costNanoUsd, componentsNanoUsd, durationUs }: UsageRecord,
  { decision }: HandedLine,
  { priceVersion }: HandedBatch,
): AnswerSummary {
  const total = durationOf(Number(durationUs) / 1_000);
  return {
    requestId,
    usage,
    route: decision.route,
    cache: undefined,
    cost: {
      totalNanoUsd: costNanoUsd,
      componentsNanoUsd,
      priceVersion,
      estimated: usage?.estimated ?? false,
    },
    timings: { total, firstToken: total, overhead: durationOf(0) },
  };
}
