import type { Principal } from '@switchyard/service-kit';
import { toServiceError } from '@switchyard/service-kit';
import { KEY_ENDED, keepResult, type LineResult } from '../domain/batch/line-result.ts';
import { type Patience, patience } from '../domain/batch/patience.ts';
import { publicId } from '../domain/batch/public-ids.ts';
import type { BatchLine } from '../domain/batch/read-line.ts';
import type { BatchContext } from './batch-context.ts';
import type { HeldLease } from './held-lease.ts';
import type { LineEndpoint } from './line-endpoints.ts';
import type { BatchPlaces } from './provider-batches/batch-places.ts';

/** Whose line it is, and what answers it. */
export interface LineWork {
  readonly lease: HeldLease;
  readonly endpoint: LineEndpoint;
  /** Undefined where the key that made the batch has ended. @throws UNAVAILABLE */
  readonly owner: () => Promise<Principal | undefined>;
  /** Whether money is set aside for lines of the tenant that providers have: a budget without room may have some again. @throws UNAVAILABLE */
  readonly isSetAside: () => Promise<boolean>;
  /** Where lines can go in providers' batches. */
  readonly places: BatchPlaces;
  /** Ids of providers' batches that are being submitted: nobody looks for them meanwhile. */
  readonly submitting: Set<string>;
}

/**
 * Has a line answered, once. It is claimed before anyone is asked and ended after: a process that dies in between leaves it claimed,
 * and it is not asked again. Where it is refused for the moment it waits unclaimed, as long as lines may begin.
 */
export async function askLine(line: BatchLine, work: LineWork, context: BatchContext): Promise<void> {
  const { lease } = work;
  const { leased } = lease;
  const { number, customId } = line;
  for (let tries = 1; !lease.pause.aborted; tries++) {
    if ((await lease.stored(() => context.work.claim(leased, number))) !== true) return lease.lose();
    const asked = await ask(line, work, { ...context, tries });
    if (asked === undefined) return;
    if ('result' in asked) {
      const kept = keepResult(asked.result, { batchId: leased.batch.id, number, customId });
      await lease.stored(() => context.work.end(leased, { number, ...kept }));
      context.events.batchLine(kept.end);
      return;
    }
    await lease.stored(() => context.work.unclaim(leased, number));
    context.events.batchLine('waited');
    await (asked.refused === 'for now' ? lease.wait(asked.waitMs) : lease.pauseFor(asked.waitMs));
  }
}

type Asked = { readonly result: LineResult } | Patience | undefined;

/** @returns undefined where nobody is there to hear of it: whether it was answered is not known */
async function ask(
  { body }: BatchLine,
  { lease, endpoint, owner, isSetAside }: LineWork,
  { random, tries }: BatchContext & { readonly tries: number },
): Promise<Asked> {
  const batch = publicId('batch_', lease.leased.batch.id);
  try {
    const principal = await owner();
    if (principal === undefined) return { result: { error: KEY_ENDED } };
    return { result: { answer: await endpoint.answer(body, { principal, signal: lease.lost, batch }) } };
  } catch (thrown) {
    if (lease.lost.aborted) return undefined;
    const error = toServiceError(thrown);
    const mayHaveRoom = error.reason === 'BUDGET_EXCEEDED' && (await lease.stored(isSetAside)) === true;
    const patient = patience(error, { tries, random, mayHaveRoom });
    if (patient !== undefined) return patient;
    const { status, body: told } = endpoint.encodeError(error);
    const requestId = error.metadata.request_id ?? '';
    return { result: { answer: { status, requestId, body: told, costNanoUsd: undefined } } };
  }
}
