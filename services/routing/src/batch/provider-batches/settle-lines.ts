import type { HandedLine } from '../../adapters/postgres-provider-batches.ts';
import type { BatchContext } from '../batch-context.ts';
import type { Followed } from './followed.ts';

/** Why lines were not answered. */
export interface Unanswered {
  /** Class of an error, or what became of the batch. */
  readonly outcome: string;
  readonly detail: string;
  /** Status of what came in its place; undefined where nothing came. */
  readonly httpStatus?: number | undefined;
}

/** Lines of a provider's batch that cost nothing go back: they are asked by themselves, as long as lines may begin. */
export async function giveBackLines(
  lines: Iterable<HandedLine & Unanswered>,
  { one, work: { lease } }: Pick<Followed, 'one' | 'work'>,
  context: BatchContext,
): Promise<void> {
  const numbers: number[] = [];
  for (const line of lines) {
    await bookLine(line, { one, lease }, context);
    if (lease.lost.aborted) return;
    numbers.push(line.number);
  }
  if (numbers.length > 0) await lease.stored(() => context.handed.giveBack(lease.leased, one.id, numbers));
}

/** Nothing of a provider's batch was answered, and nothing will be: its lines are asked by themselves. */
export async function settleUnanswered(
  followed: Pick<Followed, 'one' | 'work'>,
  why: Unanswered,
  context: BatchContext,
): Promise<void> {
  const { lease } = followed.work;
  const lines = await bookUnanswered(followed, why, context);
  if (lines === undefined) return;
  await lease.stored(() => context.handed.giveBack(lease.leased, followed.one.id));
  await lease.stored(() => context.handed.end(lease.leased, followed.one.id));
}

/** The provider does not have a batch, and may take one with the same lines later. */
export async function forgetBatch(
  followed: Pick<Followed, 'one' | 'work'>,
  why: Unanswered,
  context: BatchContext,
): Promise<void> {
  const { lease } = followed.work;
  const lines = await bookUnanswered(followed, why, context);
  if (lines !== undefined) await lease.stored(() => context.handed.forget(lease.leased, followed.one.id));
}

/** @returns its lines; undefined where the lease is lost */
async function bookUnanswered(
  { one, work: { lease } }: Pick<Followed, 'one' | 'work'>,
  why: Unanswered,
  context: BatchContext,
): Promise<ReadonlyMap<number, HandedLine> | undefined> {
  const lines = await lease.stored(() => context.handed.lines(lease.leased, one.id));
  if (lines === undefined) return undefined;
  context.log.info(
    { provider: one.provider, lines: lines.size, ...why },
    'a batch of a provider was not answered',
  );
  for (const line of lines.values()) await bookLine({ ...line, ...why }, { one, lease }, context);
  return lease.lost.aborted ? undefined : lines;
}

/** It was not answered, cost nothing, and goes back. */
async function bookLine(
  { reservation, decision, outcome, detail, httpStatus }: HandedLine & Unanswered,
  { one, lease }: Pick<Followed, 'one'> & Pick<Followed['work'], 'lease'>,
  context: BatchContext,
): Promise<void> {
  const end = { outcome, delivered: false, usage: undefined, httpStatus };
  const after = 'line goes back' as const;
  const booked = { batch: one, reservation, decision, end, after, detail };
  await lease.stored(async () => context.batched.settle(booked));
}
