import { setTimeout as sleep } from 'node:timers/promises';
import { type CostGroup, GetCostSummaryRequest } from '@switchyard/contracts/cost';
import type { Clients } from '../../support/open-clients.ts';

/** What the ledger has of an agent's requests. */
export interface Booked {
  readonly total: CostGroup;
  /** How many requests each model was called for, the most first. */
  readonly models: readonly { readonly model: string; readonly attempts: number }[];
}

const WAIT_MS = 60_000;
const LOOK_MS = 500;

/** Waits until the ledger has so many requests of an agent. @throws where it has not, or what was charged is unknown */
export async function bookedOf(
  { call, costs }: Clients,
  { agent, requests }: { readonly agent: string; readonly requests: number },
): Promise<Booked> {
  const untilMs = performance.now() + WAIT_MS;
  for (;;) {
    const { total, groups } = await call(
      costs,
      'getCostSummary',
      GetCostSummaryRequest.fromPartial({ groupBy: ['model'], agent, limit: 100 }),
    );
    if (total !== undefined && total.requests >= requests) {
      // A failed attempt may cost nobody knows what; what was answered never does.
      if (total.unpricedAttempts > total.attempts - total.successes)
        throw new Error(`${agent}: the cost of ${total.unpricedAttempts} calls is unknown`);
      const models = groups
        .map(({ key, attempts }) => ({ model: key.model ?? '', attempts: Number(attempts) }))
        .filter(({ attempts }) => attempts > 0)
        .toSorted((a, b) => b.attempts - a.attempts);
      return { total, models };
    }
    if (performance.now() > untilMs)
      throw new Error(`${agent}: the ledger has ${total?.requests} of ${requests} requests`);
    await sleep(LOOK_MS);
  }
}
