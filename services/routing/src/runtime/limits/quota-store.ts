import type { SliceGrant, SlicePlan } from '@switchyard/resilience';
import type { Quota } from '../../domain/limits/quota.ts';

/** What a replica asks of the store of limits. */
export interface QuotaExchange extends SlicePlan {
  /** Units that requests wait for. */
  readonly need: number;
  /** The fewest that one of them waits for. */
  readonly least: number;
}

/** What it answers. */
export interface QuotaReply extends SliceGrant {
  /** How long there is nothing for who got nothing, in milliseconds; 0 where that is not known. */
  readonly waitMs: number;
  /** Units used or held by all replicas. */
  readonly used: number;
}

/** Where replicas share limits. */
export interface QuotaStore {
  /** False while it cannot be reached: then each replica keeps to its part. */
  readonly isUp: boolean;
  /** How many replicas there are, as far as was seen; from 1. */
  readonly replicas: number;
  /**
   * @param hearLate is told what it answers when nobody waits for it any more
   * @returns undefined where it cannot be reached: whether it counted is not known then
   */
  exchange(
    quota: Quota,
    asked: QuotaExchange,
    hearLate: (reply: QuotaReply) => void,
  ): Promise<QuotaReply | undefined>;
  /** Calls whenever it can be reached again: what replicas used meanwhile is to be told at once. */
  onUp(listener: () => void): void;
}
