import type { AskAnswer, GrantedLease, LeaseAnswer, LeaseAsk, LeaseExchange } from './exchange.ts';
import { type LeaseKey, leaseKeyText } from './lease.ts';
import type { WindowAccount } from './window-account.ts';

/** What an exchange is answered by. */
export interface Accounts {
  /** By {@link leaseKeyText}: each window that the exchange names, as far as it is there. All others are unknown. */
  readonly windows: ReadonlyMap<string, WindowAccount>;
  /** Replicas that are there, the one that asks among them: from 1. */
  readonly replicas: number;
}

/** Answers an exchange and changes the accounts: takes back first, then grants what attempts wait for, then what runs low. */
export function exchangeLeases(
  { owner, leases, asks }: LeaseExchange,
  { windows, replicas }: Accounts,
): LeaseAnswer {
  const named = new Map<string, LeaseKey>();
  const meanHolds = new Map<string, bigint>();
  for (const lease of leases) {
    const text = leaseKeyText(lease);
    named.set(text, lease);
    meanHolds.set(text, lease.meanHold);
    windows.get(text)?.told(owner, lease);
  }
  const context = { owner, windows, replicas, meanHolds };
  const answers = asks.map((ask) => {
    for (const lack of ask) named.set(leaseKeyText(lack), lack);
    return grantAsk(ask, context);
  });
  for (const { runsLow, meanHold, ...key } of leases)
    if (runsLow) windows.get(leaseKeyText(key))?.grant(owner, { meanHold, replicas });
  return { leases: grantedOf(named, context), asks: answers };
}

interface Granting extends Accounts {
  readonly owner: string;
  readonly meanHolds: ReadonlyMap<string, bigint>;
}

/** Grants all that an attempt lacks, or nothing. */
function grantAsk(ask: LeaseAsk, { owner, windows, replicas, meanHolds }: Granting): AskAnswer {
  for (const { amount, budget, startMs } of ask) {
    const key = { budget, startMs };
    const account = windows.get(leaseKeyText(key));
    if (!account?.isOpen) return { kind: 'unknown', window: key };
    if (account.left >= amount) continue;
    const { limit, spent, leased } = account;
    const othersHave = account.leasedByOthers(owner) > 0n;
    return { kind: 'short', window: { ...key, limit, spent, leased }, othersHave };
  }
  for (const { amount, ...key } of ask) {
    if (amount === 0n) continue;
    const text = leaseKeyText(key);
    windows.get(text)?.grant(owner, { needed: amount, meanHold: meanHolds.get(text) ?? amount, replicas });
  }
  return { kind: 'granted' };
}

function grantedOf(
  named: ReadonlyMap<string, LeaseKey>,
  { owner, windows }: Pick<Granting, 'owner' | 'windows'>,
): GrantedLease[] {
  const granted: GrantedLease[] = [];
  for (const [text, { budget, startMs }] of named) {
    const lease = windows.get(text)?.leases.get(owner);
    if (lease !== undefined)
      granted.push({ budget, startMs, granted: lease.granted, returned: lease.returned });
  }
  return granted;
}
