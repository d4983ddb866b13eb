import type { UsageRecord } from '@switchyard/contracts/events';
import { ServiceError } from '@switchyard/kernel';
import {
  decodeOperation,
  type ErrorClass,
  type HttpAnswer,
  type ProviderBatch,
  type ProviderError,
} from '@switchyard/llm';
import type { HandedLine } from '../../adapters/postgres-provider-batches.ts';
import {
  ANSWER_TOO_LARGE,
  FILE_UNREADABLE,
  keepResult,
  type LineAnswer,
  type LineError,
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
  /** As the batch's file has them, as far as it can be read. */
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

/** Lines as the batch's file has them, as far as it can be read: what providers have of them ends in any case. */
export async function askedLines(
  handed: ReadonlyMap<number, HandedLine>,
  work: LineWork,
  context: BatchContext,
): Promise<ReadonlyMap<number, BatchLine>> {
  const asked = new Map<number, BatchLine>();
  try {
    for await (const line of batchLines(work.lease, context))
      if (handed.has(line.number)) asked.set(line.number, line);
  } catch (error) {
    if (!(error instanceof ServiceError && GONE.has(error.reason))) throw error;
    context.log.error({ err: error }, 'the file of a batch that a provider has cannot be read any more');
  }
  return asked;
}

const GONE: ReadonlySet<string> = new Set(['FILE_NOT_FOUND', 'FILE_UNREADABLE']);

async function settleOne(told: RemoteLine, settling: Settling): Promise<void> {
  const {
    open,
    followed: { one, call },
  } = settling;
  const result = readResult(told, call.protocol);
  const number = result && lineNumberOf(one.id, result.customId);
  const line = number === undefined ? undefined : open.handed.get(number);
  // Told twice, or not asked.
  if (result === undefined || line === undefined) return;
  open.handed.delete(line.number);
  const { end } = result;
  if (end.kind === 'too large') {
    const how = { usage: undefined, httpStatus: 200, detail: 'the result is larger than 16 MiB' };
    return settleUntold({ line, ...how, error: ANSWER_TOO_LARGE }, settling);
  }
  if (end.kind !== 'answered') {
    open.unanswered.push({ ...line, outcome: end.kind, detail: `${end.kind} in the provider's batch` });
    return;
  }
  const asked = open.asked.get(line.number);
  if (asked !== undefined) return settleAnswer({ asked, line, answer: end }, settling);
  // A chat tells what it used whatever was asked; of other work that is estimated.
  const read = call.provider.format.decodeResponse(httpAnswer(end, settling));
  const how = { httpStatus: end.status, error: FILE_UNREADABLE };
  if (!read.ok && end.status !== 200)
    return settleUntold(
      { line, ...how, usage: undefined, outcome: read.error.class, detail: read.error.detail },
      settling,
    );
  const usage = read.ok ? read.value.usage : undefined;
  return settleUntold({ line, ...how, usage, detail: "the batch's file cannot be read any more" }, settling);
}

/** An answer that is not told. */
interface UntoldAnswer extends Pick<Answered, 'line'>, Pick<EndedLine['end'], 'usage' | 'httpStatus'> {
  /** Class of the error; default: it was answered, and what it says cannot be told. */
  readonly outcome?: ErrorClass;
  readonly detail: string;
  /** What is told instead. */
  readonly error: LineError;
}

/** What was answered was billed; by how much is estimated where it is not known. */
async function settleUntold(
  { line, usage, httpStatus, outcome = 'invalid_response', detail, error }: UntoldAnswer,
  settling: Settling,
): Promise<void> {
  const end = { outcome, delivered: false, usage, httpStatus };
  await book({ line, end, detail }, settling);
  const customId = settling.open.asked.get(line.number)?.customId ?? '';
  await tell({ error }, { asked: { number: line.number, customId }, ...settling });
}

interface Answered {
  readonly asked: BatchLine;
  readonly line: HandedLine;
  readonly answer: { readonly status: number; readonly body: Buffer };
}

const httpAnswer = ({ status, body }: Answered['answer'], { context }: Settling): HttpAnswer => ({
  ...{ status, headers: { 'content-type': 'application/json' }, body },
  wallNowMs: context.clock.wallMs(),
});

async function settleAnswer({ asked, line, answer }: Answered, settling: Settling): Promise<void> {
  const { open, followed, context } = settling;
  const { one, work, call } = followed;
  const { lease, endpoint } = work;
  const { provider } = call;
  const operation = await endpoint.operationOf(asked.body, publicId('batch_', lease.leased.batch.id));
  const decoded = decodeOperation(provider.format, operation, httpAnswer(answer, settling));
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
  }: { readonly asked: Pick<BatchLine, 'number' | 'customId'> } & Pick<Settling, 'followed' | 'context'>,
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
