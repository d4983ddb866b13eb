import type { AskAnswer, GrantedLease, LeaseAnswer, LeaseExchange } from '@switchyard/budget';
import {
  type GrantedLease as GrantedLeaseMessage,
  type LeaseAskAnswer,
  LeaseAskResult,
  type RenewLeasesRequest,
  type RenewLeasesResponse,
} from '@switchyard/contracts/cost';

/** Says nothing of leases. */
const NOTHING: Pick<RenewLeasesRequest, 'owner' | 'leases' | 'asks'> = { owner: '', leases: [], asks: [] };

/** What a replica has of budgets and lacks, as it is sent. */
export function leasesMessage({
  owner,
  leases,
  asks,
}: LeaseExchange): Pick<RenewLeasesRequest, 'owner' | 'leases' | 'asks'> {
  if (leases.length === 0 && asks.length === 0) return NOTHING;
  return {
    owner,
    leases: leases.map(({ budget, startMs, ...amounts }) => ({ ...keyMessage(budget, startMs), ...amounts })),
    asks: asks.map((ask) => ({
      lacks: ask.map(({ budget, startMs, amount }) => ({ ...keyMessage(budget, startMs), amount })),
    })),
  };
}

const keyMessage = (budget: number, startMs: number) => ({
  budget: BigInt(budget),
  windowStartMs: BigInt(startMs),
});

/** What was granted. */
export const leaseAnswerOf = ({ leases, asks }: RenewLeasesResponse): LeaseAnswer => ({
  leases: leases.map(grantedOf),
  asks: asks.map(askAnswerOf),
});

const grantedOf = ({ budget, windowStartMs, granted, returned }: GrantedLeaseMessage): GrantedLease => ({
  budget: Number(budget),
  startMs: Number(windowStartMs),
  granted,
  returned,
});

/** A result that is not known counts as a window that is not: nothing was granted. */
function askAnswerOf({
  result,
  budget,
  windowStartMs,
  limit,
  spent,
  leased,
  othersHave,
}: LeaseAskAnswer): AskAnswer {
  const key = { budget: Number(budget), startMs: Number(windowStartMs) };
  if (result === LeaseAskResult.GRANTED) return { kind: 'granted' };
  if (result === LeaseAskResult.SHORT)
    return { kind: 'short', window: { ...key, limit, spent, leased }, othersHave };
  return { kind: 'unknown', window: key };
}
