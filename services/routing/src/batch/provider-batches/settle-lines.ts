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
  for (const { number, reservation, decision, outcome, detail, httpStatus } of lines) {
    const end = { outcome, delivered: false, usage: undefined, httpStatus };
    const booked = { batch: one, reservation, decision, end, detail };
    await lease.stored(async () => context.batched.settle(booked));
    if (lease.lost.aborted) return;
    numbers.push(number);
  }
  if (numbers.length > 0) await lease.stored(() => context.handed.giveBack(lease.leased, one.id, numbers));
}

/** Nothing of a provider's batch was answered, and nothing will be. */
export async function settleUnanswered(
  followed: Pick<Followed, 'one' | 'work'>,
  why: Unanswered,
  context: BatchContext,
): Promise<void> {
  const { one, work } = followed;
  const { lease } = work;
  const lines = await lease.stored(() => context.handed.lines(lease.leased, one.id));
  if (lines === undefined) return;
  context.log.info(
    { provider: one.provider, lines: lines.size, ...why },
    'a batch of a provider was not answered',
  );
  await giveBackLines(
    [...lines.values()].map((line) => ({ ...line, ...why })),
    followed,
    context,
  );
  if (!lease.lost.aborted) await lease.stored(() => context.handed.end(lease.leased, one.id));
}
