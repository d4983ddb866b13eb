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
 * How a day stands to its last seal: `intact`; `open`: it has none yet; `grown`: entries came late, and those that were sealed are what they
 * were; `changed`: entries that were sealed were edited or taken away; `forgotten`: its entries are no longer kept.
 */
export type DayState = 'intact' | 'open' | 'grown' | 'changed' | 'forgotten';

/** What is known of a day. */
export interface DayEvidence {
  readonly now: DayContents;
  /** Its last seal. */
  readonly sealed: LedgerSeal | undefined;
  /** Hash of the entries that the seal covers, as they are now; undefined where there is no seal. */
  readonly coveredHash: string | undefined;
  /** Whether its entries were dropped after their retention. */
  readonly isForgotten: boolean;
}

/** A day, as it is and as it was sealed. */
export interface VerifiedDay extends Pick<DayEvidence, 'now' | 'sealed'> {
  readonly state: DayState;
}

export function verifyDay(evidence: DayEvidence): VerifiedDay {
  const { now, sealed } = evidence;
  return { now, sealed, state: stateOf(evidence) };
}

function stateOf({ now, sealed, coveredHash, isForgotten }: DayEvidence): DayState {
  if (isForgotten) return 'forgotten';
  if (sealed === undefined) return 'open';
  if (now.hash === sealed.hash) return 'intact';
  return coveredHash === sealed.hash ? 'grown' : 'changed';
}

/**
 * What came of sealing a day: `sealed`; `differs`: it is sealed, but roll-ups count other entries than it has; `changed`: entries that were
 * sealed before are not what they were, so it is not sealed over.
 */
export type SealOutcome = { readonly day: string; readonly counted: bigint } & (
  | { readonly kind: 'sealed' | 'differs'; readonly seal: LedgerSeal }
  | { readonly kind: 'changed' }
);
