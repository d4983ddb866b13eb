import { type Clock, uuidV7 } from '@switchyard/kernel';
import { type Principal, toServiceError } from '@switchyard/service-kit';
import type { BatchEnd, LeasedBatch } from '../adapters/postgres-batch-work.ts';
import type { BatchProblem } from '../domain/batch/batch.ts';
import { linesOf, type TextLine } from '../domain/batch/cut-lines.ts';
import { BATCH_EXPIRED, INTERRUPTED, keepResult, type LineError } from '../domain/batch/line-result.ts';
import { type BatchLine, FileCheck, readLine } from '../domain/batch/read-line.ts';
import { fileNotFound } from '../errors.ts';
import { askLine, type LineWork } from './ask-line.ts';
import type { BatchContext } from './batch-context.ts';
import type { HeldLease } from './held-lease.ts';

/** How long the answer holds to whom a key belongs. */
const OWNER_KNOWN_MS = 2_000;

/**
 * Does what is left to do of a batch: check its file, ask its lines, make its results. Whoever takes over after a process that died
 * begins here, too.
 *
 * @throws UNAVAILABLE where the store went away: the batch stays as it is, for whoever leases it next
 */
export async function runBatch(lease: HeldLease, context: BatchContext): Promise<void> {
  try {
    if (lease.state === 'validating') {
      const problems = await checkFile(lease, context);
      if (problems.length > 0) return await finish(lease, context, { state: 'failed', problems });
    }
    if (lease.state === 'in_progress' || lease.state === 'cancelling') await runLines(lease, context);
  } catch (error) {
    return await finish(lease, context, { state: 'failed', problems: [problemOf(error, context)] });
  }
  await end(lease, context);
}

/** A batch whose file is gone or unreadable cannot go on, nor could it at another replica. @throws what may pass */
function problemOf(thrown: unknown, { log }: BatchContext): BatchProblem {
  const error = toServiceError(thrown);
  const { code, reason, publicMessage } = error;
  if (code === 'UNAVAILABLE') throw error;
  if (code === 'INTERNAL') log.error({ err: error, cause: error.cause }, 'a batch cannot go on');
  return { code: reason.toLowerCase(), message: publicMessage };
}

async function* inputLines({ leased }: HeldLease, { files }: BatchContext): AsyncGenerator<TextLine> {
  const { tenant, inputFileId } = leased.batch;
  const file = await files.find(tenant, inputFileId);
  if (file === undefined) throw fileNotFound();
  yield* linesOf(files.contents(file));
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

/** Begins every line that has not begun, as long as lines may; what another process left under way ends as interrupted. */
async function runLines(lease: HeldLease, context: BatchContext): Promise<void> {
  const { batch } = lease.leased;
  const endpoint = context.endpoints.get(batch.endpoint);
  if (endpoint === undefined) throw new TypeError(`no endpoint ${batch.endpoint}`);
  const work: LineWork = { lease, endpoint, owner: ownerOf(lease.leased, context) };
  const known = await context.work.knownLines(lease.leased);
  const active = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const fail = (error: unknown) => {
    failures.push(error);
    lease.leave();
  };
  try {
    for await (const line of batchLines(lease, context)) {
      if (lease.lost.aborted || failures.length > 0) break;
      const state = known.get(line.number);
      if (state === 'running') await endUnasked(line, INTERRUPTED, { lease, context });
      if (state !== undefined || lease.pause.aborted) continue;
      const asking = lease
        .line(() => askLine(line, work, context))
        .catch(fail)
        .finally(() => active.delete(asking));
      active.add(asking);
      if (active.size >= context.linesAtOnce) await Promise.race(active);
    }
  } catch (error) {
    fail(error);
  }
  // Also where the file cannot be read on: the lease is renewed until they have ended, and nobody else takes them for interrupted.
  await Promise.all(active);
  if (failures.length > 0) throw failures[0];
  if (lease.isExpired) await expireLines(lease, context);
}

/** Lines as their requests are read again: the file was checked before the first one began. */
async function* batchLines(lease: HeldLease, context: BatchContext): AsyncGenerator<BatchLine> {
  for await (const line of inputLines(lease, context)) {
    const read = readLine(line, lease.leased.batch.endpoint);
    if (read.ok) yield read.value;
  }
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

/** Who a batch's key belongs to: asked again every 2 s, so that a key that was revoked ends within that. */
function ownerOf({ batch }: LeasedBatch, { owners, clock }: BatchContext): LineWork['owner'] {
  let asked: { readonly atMs: number; readonly owner: Promise<Principal | undefined> } | undefined;
  return () => {
    const nowMs = clock.monotonicMs();
    if (asked === undefined || nowMs - asked.atMs >= OWNER_KNOWN_MS)
      asked = { atMs: nowMs, owner: owners.ownerOf(batch.keyId) };
    return asked.owner;
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
