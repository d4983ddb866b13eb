import { INTERRUPTED, keepResult } from '../../domain/batch/line-result.ts';
import { mayPass } from '../../domain/batch/may-pass.ts';
import type { HandedBatch } from '../../domain/batch/provider-batch.ts';
import type { LineWork } from '../ask-line.ts';
import type { BatchContext } from '../batch-context.ts';
import { findAgain } from './find-again.ts';
import type { Followed } from './followed.ts';
import { forgetBatch, settleUnanswered } from './settle-lines.ts';
import { askedLines, settleResults } from './settle-results.ts';

/** So long after the time of a batch its provider may go on with what it has begun. */
const GIVE_UP_MS = 3_600_000;
/** How often a provider is told to end a batch. */
const CANCEL_AGAIN_MS = 60_000;

/**
 * Waits for the ends of the batches that providers have, and settles their lines, also while others are asked by themselves. Who takes over
 * goes on here.
 *
 * @param pass fires when all lines were looked at, and those that are asked by themselves have ended
 * @returns `ended`: no line is at a provider, or waits to be; `lines to begin`: some came back, or may go now; `left`: this process does not
 *   wait longer
 */
export async function followBatches(
  work: LineWork,
  context: BatchContext,
  pass: AbortSignal,
): Promise<'ended' | 'lines to begin' | 'left'> {
  const { lease, places, submitting } = work;
  const { batch } = lease.leased;
  let before: number | undefined;
  for (;;) {
    const isOver = pass.aborted;
    const all = await lease.stored(() => context.handed.of(batch));
    if (all === undefined) return 'left';
    before ??= returnedOf(all);
    for (const one of all) {
      if (lease.lost.aborted) return 'left';
      if (one.state !== 'ended' && !submitting.has(one.id)) await followOne(one, work, context);
    }
    const now = await lease.stored(() => context.handed.of(batch));
    if (now === undefined) return 'left';
    // Further lines may still be on their way to one that has answered all.
    for (const one of now) if (one.returned > 0) places.close(one);
    const waitMs = lease.pause.aborted ? undefined : places.waitMs;
    if (isOver) {
      if (returnedOf(now) > before || waitMs === 0) return 'lines to begin';
      if (waitMs === undefined && now.every(({ state }) => state === 'ended')) return 'ended';
    }
    if (lease.isLeft || lease.lost.aborted) return 'left';
    const { pollMs } = context.providerBatches;
    if (isOver) await lease.rest(Math.min(pollMs, waitMs ?? pollMs));
    else await lease.rest(pollMs, pass);
    if (isOver && (lease.isLeft || lease.lost.aborted)) return 'left';
  }
}

const returnedOf = (all: readonly HandedBatch[]): number =>
  all.reduce((sum, { returned }) => sum + returned, 0);

/** Asks how far a batch is; where nobody tells long after its time, its lines are given up. */
async function followOne(one: HandedBatch, work: LineWork, context: BatchContext): Promise<void> {
  const { expiresAtMs } = work.lease.leased.batch;
  const has = await endOne(one, work, context);
  if (has === 'ended' || context.clock.wallMs() <= expiresAtMs + GIVE_UP_MS) return;
  if (!work.lease.lost.aborted) await giveUp(one, work, context);
}

type Standing = 'ended' | 'open';

async function endOne(one: HandedBatch, work: LineWork, context: BatchContext): Promise<Standing> {
  const { lease, places } = work;
  const provider = context
    .reaches()
    .find(({ key, endpoint }) => key === one.provider && (endpoint?.id ?? '') === one.endpoint);
  const protocol = provider?.format.batches;
  // It may be configured again: until then nobody can ask.
  if (provider === undefined || protocol === undefined) return 'open';
  const followed: Followed = { one, work, call: { provider, protocol, signal: lease.lost } };
  const remoteId = one.remoteId ?? (await findAgain(followed, context));
  if (remoteId === 'not known yet') return 'open';
  if (remoteId === 'nowhere') {
    places.pause(one);
    await forgetBatch(followed, { outcome: 'not_sent', detail: 'the provider never had the batch' }, context);
    return 'ended';
  }
  const asked = await context.remote.get(remoteId, followed.call);
  if (!asked.ok) {
    context.log.info(
      { provider: provider.id, detail: asked.error.error.detail },
      'a provider does not tell of a batch now',
    );
    return 'open';
  }
  switch (asked.value.state) {
    case 'running':
      await endWhereDue(remoteId, followed, context);
      return 'open';
    case 'failed': {
      const detail = `the provider has refused the batch: ${asked.value.detail}`;
      const why = { outcome: 'invalid_request', detail };
      if (mayPass(asked.value.detail)) {
        places.pause(one);
        await forgetBatch(followed, why, context);
      } else {
        await settleUnanswered(followed, why, context);
      }
      return 'ended';
    }
    default:
      return settleResults(asked.value, followed, context);
  }
}

/** Tells the provider that no answer is wanted any more. */
async function endWhereDue(
  remoteId: string,
  { one, work, call }: Followed,
  context: BatchContext,
): Promise<void> {
  const { lease } = work;
  if (lease.state !== 'cancelling' && !lease.isExpired) return;
  const sinceMs = context.clock.wallMs() - (one.cancelledAtMs ?? 0);
  if (sinceMs < CANCEL_AGAIN_MS) return;
  const told = await context.remote.cancel(remoteId, call);
  if (told.ok) await lease.stored(() => context.handed.cancelled(lease.leased, one.id));
}

/** Nobody tells what came of it, and its time is long over: it is charged at what was set aside. */
async function giveUp(one: HandedBatch, work: LineWork, context: BatchContext): Promise<void> {
  const { lease } = work;
  const { leased } = lease;
  const lines = await lease.stored(() => context.handed.lines(leased, one.id));
  if (lines === undefined) return;
  const asked = await askedLines(lines, work, context);
  for (const { number, reservation, decision } of lines.values()) {
    const detail = 'its provider has not told what came of the batch';
    await lease.stored(async () => context.batched.giveUp({ reservation, decision, detail }));
    const customId = asked.get(number)?.customId ?? '';
    const kept = keepResult({ error: INTERRUPTED }, { batchId: leased.batch.id, number, customId });
    await lease.stored(() => context.work.end(leased, { number, ...kept }));
  }
  await lease.stored(() => context.handed.end(leased, one.id));
}
