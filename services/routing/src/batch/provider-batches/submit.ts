import type { NewHandedBatch } from '../../adapters/postgres-provider-batches.ts';
import { type HandedBatch, remoteLineId } from '../../domain/batch/provider-batch.ts';
import type { BatchLine } from '../../domain/batch/read-line.ts';
import type { ReservedLine } from '../../pipeline/batched-lines.ts';
import type { LineWork } from '../ask-line.ts';
import type { BatchContext } from '../batch-context.ts';

/** Lines that are to be in one provider's batch; their money is set aside. At least one. */
export interface Submission extends Pick<HandedBatch, 'id' | 'provider' | 'endpoint' | 'model'> {
  readonly reserved: ReadonlyMap<BatchLine, ReservedLine>;
}

/**
 * Gives lines to a provider as its own batch. Written down before and after: who takes over in between finds the batch at the provider by
 * its name or its lines, so that it is not submitted again.
 *
 * @returns `handed` also where it is not known whether the provider has it: who follows it finds out
 */
export async function submit(
  submission: Submission,
  { lease }: LineWork,
  context: BatchContext,
): Promise<'handed' | 'refused'> {
  const { handed, batched, log } = context;
  const lines = [...submission.reserved.values()];
  const prepared = await lease.stored(() => handed.prepare(lease.leased, writtenDown(submission)));
  if (prepared === false) {
    // Somebody else has the batch, and nothing was written.
    for (const line of lines) batched.giveBack(line);
    lease.lose();
    return 'handed';
  }
  const submitted = prepared === undefined ? undefined : await send(submission, lease.lost, context);
  if (submitted !== undefined && !submitted.ok && !submitted.error.mayBeDone) {
    const { provider } = submission;
    const facts = { provider, lines: lines.length, detail: submitted.error.error.detail };
    log.info(facts, 'a provider has not taken a batch; its lines are asked one by one');
    for (const line of lines) batched.giveBack(line);
    await lease.stored(() => handed.giveBack(lease.leased, submission.id));
    await lease.stored(() => handed.end(lease.leased, submission.id));
    return 'refused';
  }
  for (const line of lines) batched.confirm(line);
  if (submitted?.ok === true)
    await lease.stored(() => handed.submitted(lease.leased, submission.id, submitted.value.id));
  return 'handed';
}

function writtenDown({ id, reserved, provider, endpoint, model }: Submission): NewHandedBatch {
  const { candidate, decided } = firstOf(reserved).line;
  const { prices = {}, tiers } = candidate.offering;
  return {
    ...{ id, provider, endpoint, model, prices: { prices, tiers } },
    priceVersion: decided.snapshot.priceVersion,
    lines: [...reserved].map(([{ number }, { reservation, decision }]) => ({
      number,
      reservation,
      decision,
    })),
  };
}

function send(
  { id, reserved }: Submission,
  signal: AbortSignal,
  { remote }: BatchContext,
): ReturnType<BatchContext['remote']['submit']> {
  const { candidate, encoded } = firstOf(reserved).line;
  const { provider } = candidate;
  const protocol = provider.format.batches;
  if (protocol === undefined) throw new TypeError(`${provider.id} takes no batches`);
  const lines = [...reserved].map(([{ number }, { line }]) =>
    protocol.encodeLine(remoteLineId(id, number), line.encoded),
  );
  return remote.submit({ name: id, path: encoded.path, lines }, { provider, protocol, signal });
}

function firstOf(reserved: Submission['reserved']): ReservedLine {
  const [first] = reserved.values();
  if (first === undefined) throw new TypeError('a batch without lines');
  return first;
}
