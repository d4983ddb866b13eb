import { ServiceError } from '@switchyard/kernel';
import type { ProviderError } from '@switchyard/llm';
import type { NewHandedBatch } from '../../adapters/postgres-provider-batches.ts';
import { type HandedBatch, remoteLineId } from '../../domain/batch/provider-batch.ts';
import type { BatchLine } from '../../domain/batch/read-line.ts';
import type { ReservedLine } from '../../pipeline/batched-lines.ts';
import type { LineWork } from '../ask-line.ts';
import type { BatchContext } from '../batch-context.ts';
import { letOthers } from './let-others.ts';

/** Lines that are to be in one provider's batch; budgets have room for them. At least one. */
export interface Submission extends Pick<HandedBatch, 'id' | 'provider' | 'endpoint' | 'model'> {
  readonly reserved: ReadonlyMap<BatchLine, ReservedLine>;
}

/** `handed` also where it is not known whether the provider has it: who follows it finds out. */
export type Submitted =
  | { readonly kind: 'handed' }
  /** The provider takes no such batch. */
  | { readonly kind: 'refused' }
  /** It may take it later. */
  | { readonly kind: 'refused for now'; readonly retryAfterMs: number | undefined };

const HANDED: Submitted = { kind: 'handed' };
const FOR_NOW: Submitted = { kind: 'refused for now', retryAfterMs: undefined };

/**
 * Gives lines to a provider as its own batch. Written down before and after: who takes over in between finds the batch at the provider by
 * its name or its lines, so that it is not submitted again. It is made only by who has the lease for certain.
 */
export async function submit(
  submission: Submission,
  { lease }: LineWork,
  context: BatchContext,
): Promise<Submitted> {
  const { handed, batched } = context;
  const { id } = submission;
  const lines = [...submission.reserved.values()];
  // That it was not sent holds, whoever else has it written down and tells the same: the ledger books a call's end once.
  const giveBack = async (): Promise<void> => {
    for await (const line of letOthers(lines)) batched.giveBack(line);
  };
  const forget = async (): Promise<void> => {
    await lease.stored(() => handed.forget(lease.leased, id));
    await giveBack();
  };
  const prepared = await lease.stored(() => handed.prepare(lease.leased, writtenDown(submission)));
  if (prepared !== true) {
    // Somebody else has the batch.
    lease.lose();
    await giveBack();
    return HANDED;
  }
  try {
    for await (const line of letOthers(lines)) batched.setAside(line);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    await forget();
    return FOR_NOW;
  }
  const submitted = await send(submission, lease, context);
  if (!submitted.ok && !submitted.error.mayBeDone) {
    const { error } = submitted.error;
    const facts = { provider: submission.provider, lines: lines.length, detail: error.detail };
    context.log.info(facts, 'a provider has not taken a batch');
    await forget();
    return mayPass(error)
      ? { kind: 'refused for now', retryAfterMs: error.retryAfterMs }
      : { kind: 'refused' };
  }
  for await (const line of letOthers(lines)) batched.confirm(line);
  if (submitted.ok) await lease.stored(() => handed.submitted(lease.leased, id, submitted.value.id));
  // It is looked for, and may come only now.
  else await lease.stored(() => handed.making(lease.leased, id));
  return HANDED;
}

/** Whether the provider may take the same batch later. */
const mayPass = (error: ProviderError): boolean =>
  error.sameProviderRetry || error.class === 'timeout' || error.class === 'cancelled';

function writtenDown({ id, reserved, provider, endpoint, model }: Submission): NewHandedBatch {
  const { candidate, decided } = firstOf(reserved).line;
  const { prices = {}, tiers, unitPrices } = candidate.offering;
  return {
    ...{ id, provider, endpoint, model, prices: { prices, tiers, unitPrices } },
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
  lease: LineWork['lease'],
  { remote, handed }: BatchContext,
): ReturnType<BatchContext['remote']['submit']> {
  const { candidate, encoded } = firstOf(reserved).line;
  const { provider } = candidate;
  const protocol = provider.format.batches;
  if (protocol === undefined) throw new TypeError(`${provider.id} takes no batches`);
  const lines = [...reserved].map(([{ number }, { line }]) =>
    protocol.encodeLine(remoteLineId(id, number), line.encoded),
  );
  const mayMake = async (): Promise<boolean> => {
    const is = await lease.stored(() => handed.making(lease.leased, id));
    if (is === false) lease.lose();
    return is === true && !lease.unsure.aborted;
  };
  const call = { provider, protocol, signal: lease.unsure };
  return remote.submit({ name: id, path: encoded.path, lines }, call, mayMake);
}

function firstOf(reserved: Submission['reserved']): ReservedLine {
  const [first] = reserved.values();
  if (first === undefined) throw new TypeError('a batch without lines');
  return first;
}
