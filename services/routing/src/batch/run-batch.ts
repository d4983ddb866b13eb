import { type Clock, uuidV7 } from '@switchyard/kernel';
import { toServiceError } from '@switchyard/service-kit';
import type { BatchEnd } from '../adapters/postgres-batch-work.ts';
import type { BatchProblem } from '../domain/batch/batch.ts';
import { BATCH_EXPIRED, INTERRUPTED, keepResult, type LineError } from '../domain/batch/line-result.ts';
import { type BatchLine, FileCheck } from '../domain/batch/read-line.ts';
import type { LineWork } from './ask-line.ts';
import type { BatchContext } from './batch-context.ts';
import type { HeldLease } from './held-lease.ts';
import { batchLines, inputLines } from './input-lines.ts';
import { LinesAtOnce } from './lines-at-once.ts';
import { BatchPlaces } from './provider-batches/batch-places.ts';
import { followBatches } from './provider-batches/follow.ts';
import { HandOver } from './provider-batches/hand-over.ts';

/** How long the answers hold to whom a key belongs, so that one that was revoked ends within that, and whether money is set aside. */
const KNOWN_MS = 2_000;

/**
 * Does what is left to do of a batch: check its file, ask its lines, make its results. Whoever takes over after a process that died
 * begins here, too.
 *
 * @throws UNAVAILABLE where the store went away: the batch stays as it is, for whoever leases it next
 */
export async function runBatch(lease: HeldLease, context: BatchContext): Promise<void> {
  let isWhole = true;
  try {
    if (lease.state === 'validating') {
      const problems = await checkFile(lease, context);
      if (problems.length > 0) return await finish(lease, context, { state: 'failed', problems });
    }
    if (lease.state === 'in_progress' || lease.state === 'cancelling')
      isWhole = await runLines(lease, context);
  } catch (error) {
    return await fail(error, lease, context);
  }
  if (isWhole) await end(lease, context);
  else if (!lease.lost.aborted) await context.work.release(lease.leased);
}

/** Ends a batch that cannot go on; one with lines at a provider is left to whoever leases it next, until they are settled. @throws what may pass */
async function fail(error: unknown, lease: HeldLease, context: BatchContext): Promise<void> {
  if (lease.lost.aborted) return;
  const handed = await lease.stored(() => context.handed.of(lease.leased.batch));
  if (handed === undefined) return;
  if (handed.some(({ state }) => state !== 'ended')) throw error;
  await finish(lease, context, { state: 'failed', problems: [problemOf(error, context)] });
}

/** A batch whose file is gone or unreadable cannot go on, nor could it at another replica. @throws what may pass */
function problemOf(thrown: unknown, { log }: BatchContext): BatchProblem {
  const error = toServiceError(thrown);
  const { code, reason, publicMessage } = error;
  if (code === 'UNAVAILABLE') throw error;
  if (code === 'INTERNAL') log.error({ err: error, cause: error.cause }, 'a batch cannot go on');
  return { code: reason.toLowerCase(), message: publicMessage };
}

/** @returns what is wrong; else lines may begin, unless the batch was cancelled */
async function checkFile(lease: HeldLease, context: BatchContext): Promise<readonly BatchProblem[]> {
  const check = new FileCheck(lease.leased.batch.endpoint);
  for await (const line of inputLines(lease, context)) if (!check.add(line) || lease.lost.aborted) break;
  if (check.problems.length > 0) return check.problems;
  const state = await context.work.begin(lease.leased, check.lines);
  if (state === undefined) await lease.renew();
  else lease.enter(state);
  return [];
}

/**
 * Has every line answered that has not ended, as long as lines may begin: in providers' batches where that is to be, else one by one. What
 * another process left under way by itself ends as interrupted.
 *
 * @returns false where lines are with a provider still, and this process does not wait for them
 */
async function runLines(lease: HeldLease, context: BatchContext): Promise<boolean> {
  const { batch } = lease.leased;
  const endpoint = context.endpoints.get(batch.endpoint);
  if (endpoint === undefined) throw new TypeError(`no endpoint ${batch.endpoint}`);
  const places = await placesOf(lease, context);
  if (places === undefined) return false;
  const work: LineWork = {
    ...{ lease, endpoint, places, submitting: new Set() },
    owner: keptFor(KNOWN_MS, context.clock, () => context.owners.ownerOf(batch.keyId)),
    isSetAside: keptFor(KNOWN_MS, context.clock, () => context.handed.isAnyOpen(batch.tenant)),
  };
  for (let pass: 'first' | 'again' = 'first'; ; pass = 'again') {
    const mayHandOver = batch.providerBatches !== 'off' && (pass === 'first' || places.waitMs !== undefined);
    places.beginPass();
    const followed = await passAndFollow(
      work,
      context,
      mayHandOver ? new HandOver(work, context, pass) : undefined,
    );
    if (followed === 'left') return false;
    if (followed === 'ended') break;
  }
  if (lease.isExpired) await expireLines(lease, context);
  return true;
}

/** Places that have given lines back take no further ones. @returns undefined where the lease is lost */
async function placesOf(lease: HeldLease, context: BatchContext): Promise<BatchPlaces | undefined> {
  const before = await lease.stored(() => context.handed.of(lease.leased.batch));
  if (before === undefined) return undefined;
  const { clock, random, providerBatches } = context;
  const places = new BatchPlaces(lease.leased, { clock, random, pauseMs: providerBatches.pollMs });
  for (const one of before) if (one.returned > 0) places.close(one);
  return places;
}

/** Providers' batches are followed beside the lines that are asked by themselves: these may wait for long. */
async function passAndFollow(
  work: LineWork,
  context: BatchContext,
  handOver: HandOver | undefined,
): ReturnType<typeof followBatches> {
  const over = new AbortController();
  const passing = passOver(work, context, handOver).finally(() => over.abort());
  const following = followBatches(work, context, over.signal).catch((error: unknown) => {
    work.lease.leave();
    throw error;
  });
  const [passed, followed] = await Promise.allSettled([passing, following]);
  if (passed.status === 'rejected') throw passed.reason;
  if (followed.status === 'rejected') throw followed.reason;
  return followed.value;
}

/** Begins every line that has not begun. @param handOver undefined: each by itself */
async function passOver(
  work: LineWork,
  context: BatchContext,
  handOver: HandOver | undefined,
): Promise<void> {
  const { lease } = work;
  const known = await context.work.knownLines(lease.leased);
  const asking = new LinesAtOnce(work, context);
  try {
    for await (const line of batchLines(lease, context)) {
      if (lease.lost.aborted || asking.hasFailed) break;
      const state = known.get(line.number);
      if (state === 'running') await endUnasked(line, INTERRUPTED, { lease, context });
      if (state !== undefined || lease.pause.aborted) continue;
      for (const one of (await handOver?.take(line)) ?? [line]) await asking.begin(one);
    }
    for (const one of (await handOver?.flush()) ?? []) await asking.begin(one);
  } catch (error) {
    asking.fail(error);
  }
  await asking.end();
}

async function expireLines(lease: HeldLease, context: BatchContext): Promise<void> {
  const known = await context.work.knownLines(lease.leased);
  for await (const line of batchLines(lease, context)) {
    if (lease.lost.aborted) return;
    if (!known.has(line.number)) await endUnasked(line, BATCH_EXPIRED, { lease, context });
  }
}

async function endUnasked(
  { number, customId }: BatchLine,
  error: LineError,
  { lease, context }: { readonly lease: HeldLease; readonly context: BatchContext },
): Promise<void> {
  const { leased } = lease;
  const kept = keepResult({ error }, { batchId: leased.batch.id, number, customId });
  await lease.stored(() => context.work.end(leased, { number, ...kept }));
  context.events.batchLine(kept.end);
}

/** What is asked again only after a time, for whoever wants to know. */
function keptFor<T>(keptMs: number, clock: Clock, ask: () => Promise<T>): () => Promise<T> {
  let asked: { readonly atMs: number; readonly answer: Promise<T> } | undefined;
  return () => {
    const nowMs = clock.monotonicMs();
    if (asked === undefined || nowMs - asked.atMs >= keptMs) asked = { atMs: nowMs, answer: ask() };
    return asked.answer;
  };
}

/** Ends a batch whose lines have ended, or gives it back. */
async function end(lease: HeldLease, context: BatchContext): Promise<void> {
  if (lease.lost.aborted) return;
  const isLeft = lease.pause.aborted && !lease.isExpired && lease.state !== 'cancelling';
  if (isLeft && lease.state !== 'finalizing') return context.work.release(lease.leased);
  if (lease.state === 'in_progress' && !lease.isExpired) {
    const state = await context.work.finalize(lease.leased);
    if (state === undefined) await lease.renew();
    else lease.enter(state);
  }
  if (lease.state === 'cancelling') return finish(lease, context, { state: 'cancelled' });
  return finish(lease, context, { state: lease.state === 'finalizing' ? 'completed' : 'expired' });
}

function finish(
  { leased }: HeldLease,
  { work, clock }: BatchContext,
  { state, problems = [] }: Pick<BatchEnd, 'state'> & Partial<BatchEnd>,
): Promise<void> {
  return work.finish(leased, { state, problems, fileIds: newIds(clock) });
}

const newIds = (clock: Clock) => ({ answered: uuidV7(clock.wallMs()), failed: uuidV7(clock.wallMs()) });
