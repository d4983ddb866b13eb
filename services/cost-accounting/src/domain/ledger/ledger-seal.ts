/** What a day of the ledger was sealed with. */
export interface LedgerSeal {
  /** UTC: `2026-11-02`. */
  readonly day: string;
  readonly entries: bigint;
  /** Sum of the amounts that are known, in nano-USD. */
  readonly amountNanoUsd: bigint;
  /** SHA-256 over every entry of the day, hex. */
  readonly hash: string;
  readonly sealedAt: Date;
}

/** What a day has now. */
export type DayContents = Omit<LedgerSeal, 'sealedAt'>;

/**
 * How a day stands to its seal: `intact`; `open`: it has none yet; `grown`: it has more entries than were sealed, as when records came late;
 * `changed`: entries were edited or taken away.
 */
export type DayState = 'intact' | 'open' | 'grown' | 'changed';

/** A day, as it is and as it was sealed. */
export interface VerifiedDay {
  readonly now: DayContents;
  readonly sealed: LedgerSeal | undefined;
  readonly state: DayState;
}

export function verifyDay(now: DayContents, sealed: LedgerSeal | undefined): VerifiedDay {
  return { now, sealed, state: stateOf(now, sealed) };
}

function stateOf(now: DayContents, sealed: LedgerSeal | undefined): DayState {
  if (sealed === undefined) return 'open';
  if (now.hash === sealed.hash) return 'intact';
  return now.entries > sealed.entries ? 'grown' : 'changed';
}
