import type { BookedPrices } from '../snapshot/snapshot-parts.ts';

/** Lines of a batch that were given to a provider as its own batch. */
export interface HandedBatch {
  /** Also its name at the provider. */
  readonly id: string;
  /** Key of the provider in the configuration. */
  readonly provider: string;
  /** Endpoint by which it was reached; '' for none of its own. */
  readonly endpoint: string;
  readonly model: string;
  /** The batch prices that its lines are charged by. */
  readonly prices: BookedPrices;
  readonly priceVersion: string;
  /** `prepared`: whether the provider has it is not known. */
  readonly state: 'prepared' | 'submitted' | 'ended';
  /** The provider's id of it; undefined while it is not known. */
  readonly remoteId: string | undefined;
  readonly lines: number;
  /** Lines that came back unanswered. */
  readonly returned: number;
  /** When it was written down; from then on when it was last about to be made at the provider. */
  readonly createdAtMs: number;
  /** When its provider was told to end it; undefined where it was not. */
  readonly cancelledAtMs: number | undefined;
}

/** What a line is called at the provider: unique at it, so that results tell whose they are. */
export const remoteLineId = (id: string, number: number): string => `${id.replaceAll('-', '')}-${number}`;

/** Number of the line that a provider's result is of; undefined where it is of another batch. */
export function lineNumberOf(id: string, customId: string): number | undefined {
  const prefix = `${id.replaceAll('-', '')}-`;
  const digits = customId.startsWith(prefix) ? customId.slice(prefix.length) : '';
  return /^[1-9]\d{0,8}$/.test(digits) ? Number(digits) : undefined;
}
