import type { VerifyLedgerRequest, VerifyLedgerResponse } from '@switchyard/contracts/cost';
import { LedgerDayState } from '@switchyard/contracts/cost';
import { type Clock, invalidArgument } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import type { DayState } from '../domain/ledger/ledger-seal.ts';
import { installationKeyNeeded } from '../errors.ts';
import type { LedgerSeals } from '../ports.ts';

const DAY_MS = 24 * 3_600_000;
const MAX_DAYS = 31;

const STATES: Readonly<Record<DayState, LedgerDayState>> = {
  intact: LedgerDayState.INTACT,
  open: LedgerDayState.OPEN,
  grown: LedgerDayState.GROWN,
  changed: LedgerDayState.CHANGED,
  forgotten: LedgerDayState.FORGOTTEN,
};

/** Hashes days of the ledger again and compares them with their seals. */
export function verifyLedger(
  seals: LedgerSeals,
  clock: Clock,
): UnaryHandler<VerifyLedgerRequest, VerifyLedgerResponse> {
  return async ({ firstDay, lastDay }, { principal, signal }) => {
    if (!principal.installation) throw installationKeyNeeded('the seals of the ledger');
    const last = lastDay === '' ? clock.wallMs() : dayOf(lastDay, 'last_day');
    const first = firstDay === '' ? last - 6 * DAY_MS : dayOf(firstDay, 'first_day');
    if (first > last) throw invalid('first_day', 'must not be after last_day');
    if (last - first >= MAX_DAYS * DAY_MS)
      throw invalid('first_day', `must be at most ${MAX_DAYS - 1} days before last_day`);
    const days = [];
    for (let at = first; at <= last && !signal.aborted; at += DAY_MS) {
      const { now, sealed, state } = await seals.verify(new Date(at).toISOString().slice(0, 10));
      days.push({
        ...now,
        state: STATES[state],
        sealedHash: sealed?.hash ?? '',
        sealedEntries: sealed?.entries ?? 0n,
        sealedAt: sealed?.sealedAt,
      });
    }
    return { days, brokenSeals: [...(await seals.brokenSeals())] };
  };
}

const invalid = (field: string, description: string) => invalidArgument({ field, description });

function dayOf(text: string, field: string): number {
  const ms = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text)
    throw invalid(field, 'must be a day such as 2026-11-02');
  return ms;
}
