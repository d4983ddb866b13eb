import type { ProviderBatch } from '@switchyard/llm';
import { lineNumberOf } from '../../domain/batch/provider-batch.ts';
import { RemoteError } from '../../transport/provider-batches.ts';
import type { BatchContext } from '../batch-context.ts';
import type { Followed } from './followed.ts';
import { customIdOf } from './result-line.ts';

/** A batch may be older at its provider than here, by what clocks differ. */
const CLOCKS_DIFFER_MS = 5 * 60_000;
/**
 * So long a batch that is not found may still come: after it was about to be made, the request may be under way; after the lease was taken
 * over, the replica that was to make it may not have noticed yet.
 */
const MAY_STILL_COME_MS = 20_000;

/** Looks for a batch at its provider: who submitted it has not told whether it has it. @returns its id there, once it is found */
export async function findAgain(
  followed: Followed,
  context: BatchContext,
): Promise<string | 'nowhere' | 'not known yet'> {
  const { one, work, call } = followed;
  const { lease } = work;
  const listed = await context.remote.since(one.createdAtMs - CLOCKS_DIFFER_MS, call);
  if (!listed.ok) return 'not known yet';
  let mayBeIt = false;
  for (const candidate of listed.value) {
    const is = await isIt(candidate, followed, context);
    if (is === 'yes') {
      await lease.stored(() => context.handed.submitted(lease.leased, one.id, candidate.id));
      return candidate.id;
    }
    mayBeIt ||= is === 'not known yet';
  }
  const sinceMs = Math.min(context.clock.wallMs() - one.createdAtMs, lease.heldMs);
  return mayBeIt || sinceMs < MAY_STILL_COME_MS ? 'not known yet' : 'nowhere';
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
  if (await work.lease.stored(() => handed.isKnown(one.id, candidate.id))) return 'no';
  const [results] = candidate.results;
  if (results === undefined) return candidate.state === 'running' ? 'not known yet' : 'no';
  try {
    for await (const line of remote.lines(results, call)) {
      const customId = customIdOf(line, call.protocol);
      if (customId !== undefined) return lineNumberOf(one.id, customId) === undefined ? 'no' : 'yes';
    }
  } catch (error) {
    if (error instanceof RemoteError) return 'not known yet';
    throw error;
  }
  return 'no';
}
