import type { ProviderBatch } from '@switchyard/llm';
import { INTERRUPTED, keepResult } from '../../domain/batch/line-result.ts';
import { type HandedBatch, lineNumberOf } from '../../domain/batch/provider-batch.ts';
import { RemoteError } from '../../transport/provider-batches.ts';
import type { LineWork } from '../ask-line.ts';
import type { BatchContext } from '../batch-context.ts';
import type { Followed } from './followed.ts';
import { settleUnanswered } from './settle-lines.ts';
import { settleResults } from './settle-results.ts';

/** A batch may be older at its provider than here, by what clocks differ. */
const CLOCKS_DIFFER_MS = 5 * 60_000;
/** So long after it was submitted a batch that is not found may still come: the request may be under way. */
const MAY_STILL_COME_MS = 20_000;
/** So long after the time of a batch its provider may go on with what it has begun. */
const GIVE_UP_MS = 3_600_000;
/** How often a provider is told to end a batch. */
const CANCEL_AGAIN_MS = 60_000;

/**
 * Waits for the ends of the batches that providers have, and settles their lines. Who takes over goes on here.
 *
 * @returns `ended`: no line is at a provider; `some came back`: lines are to be asked by themselves; `left`: this process does not wait longer
 */
export async function followBatches(
  work: LineWork,
  context: BatchContext,
): Promise<'ended' | 'some came back' | 'left'> {
  const { lease } = work;
  const { batch } = lease.leased;
  for (;;) {
    const all = await lease.stored(() => context.handed.of(batch));
    if (all === undefined) return 'left';
    const open = all.filter(({ state }) => state !== 'ended');
    const before = returnedOf(all);
    for (const one of open) {
      if (lease.lost.aborted) return 'left';
      await followOne(one, work, context);
    }
    const now = await lease.stored(() => context.handed.of(batch));
    if (now === undefined) return 'left';
    if (returnedOf(now) > before) return 'some came back';
    if (now.every(({ state }) => state === 'ended')) return 'ended';
    if (lease.isLeft || lease.lost.aborted) return 'left';
    await lease.rest(context.providerBatches.pollMs);
    if (lease.isLeft || lease.lost.aborted) return 'left';
  }
}

const returnedOf = (all: readonly HandedBatch[]): number =>
  all.reduce((sum, { returned }) => sum + returned, 0);

async function followOne(one: HandedBatch, work: LineWork, context: BatchContext): Promise<void> {
  const { lease } = work;
  const { expiresAtMs } = lease.leased.batch;
  if (context.clock.wallMs() > expiresAtMs + GIVE_UP_MS) return giveUp(one, work, context);
  const provider = context
    .reaches()
    .find(({ key, endpoint }) => key === one.provider && (endpoint?.id ?? '') === one.endpoint);
  const protocol = provider?.format.batches;
  // It may be configured again: until then nobody can ask.
  if (provider === undefined || protocol === undefined) return;
  const followed = { one, work, call: { provider, protocol, signal: lease.lost } };
  const { remoteId } = one;
  if (remoteId === undefined) return findAgain(followed, context);
  const asked = await context.remote.get(remoteId, followed.call);
  if (!asked.ok) {
    context.log.info(
      { provider: provider.id, detail: asked.error.error.detail },
      'a provider does not tell of a batch now',
    );
    return;
  }
  switch (asked.value.state) {
    case 'running':
      return endWhereDue(remoteId, followed, context);
    case 'failed': {
      const detail = `the provider has refused the batch: ${asked.value.detail}`;
      return settleUnanswered(followed, { outcome: 'invalid_request', detail }, context);
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

/** Who submitted it has not told whether the provider has it. */
async function findAgain(followed: Followed, context: BatchContext): Promise<void> {
  const { one, work, call } = followed;
  const { leased } = work.lease;
  const listed = await context.remote.since(one.createdAtMs - CLOCKS_DIFFER_MS, call);
  if (!listed.ok) return;
  let mayBeIt = false;
  for (const candidate of listed.value) {
    const is = await isIt(candidate, followed, context);
    if (is === 'yes') {
      await work.lease.stored(() => context.handed.submitted(leased, one.id, candidate.id));
      return;
    }
    mayBeIt ||= is === 'not known yet';
  }
  if (mayBeIt || context.clock.wallMs() - one.createdAtMs < MAY_STILL_COME_MS) return;
  await settleUnanswered(
    followed,
    { outcome: 'not_sent', detail: 'the provider never had the batch' },
    context,
  );
}

/** By its name; of a provider that keeps none, by its first result. */
async function isIt(
  candidate: ProviderBatch,
  { one, work, call }: Followed,
  { handed, remote }: BatchContext,
): Promise<'yes' | 'no' | 'not known yet'> {
  if (candidate.name !== undefined) return candidate.name === one.id ? 'yes' : 'no';
  // A provider that keeps names has others beside ours.
  if (call.protocol.upload !== undefined) return 'no';
  if (candidate.lines !== undefined && candidate.lines !== one.lines) return 'no';
  if (await handed.isKnown(work.lease.leased, candidate.id)) return 'no';
  const [results] = candidate.results;
  if (results === undefined) return candidate.state === 'running' ? 'not known yet' : 'no';
  try {
    for await (const line of remote.lines(results, call)) {
      const result = call.protocol.decodeResult(line);
      if (result !== undefined) return lineNumberOf(one.id, result.customId) === undefined ? 'no' : 'yes';
    }
  } catch (error) {
    if (error instanceof RemoteError) return 'not known yet';
    throw error;
  }
  return 'no';
}

/** Nobody tells what came of it, and its time is long over: it is charged at what was set aside. */
async function giveUp(one: HandedBatch, { lease }: LineWork, context: BatchContext): Promise<void> {
  const { leased } = lease;
  const lines = await lease.stored(() => context.handed.lines(leased, one.id));
  for (const { number, reservation, decision } of lines?.values() ?? []) {
    const detail = 'its provider has not told what came of the batch';
    await lease.stored(async () => context.batched.giveUp({ batch: one, reservation, decision, detail }));
    const kept = keepResult({ error: INTERRUPTED }, { batchId: leased.batch.id, number, customId: '' });
    await lease.stored(() => context.work.end(leased, { number, ...kept }));
  }
  await lease.stored(() => context.handed.end(leased, one.id));
}
