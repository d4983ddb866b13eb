import type { RankedDocument, Usage } from '@switchyard/contracts/routing';

/** Documents in order as a provider gave them, decoded. */
export interface DecodedRanking {
  /** The best first; no document twice. */
  readonly results: RankedDocument[];
  /** `undefined` where the provider reported none. */
  readonly usage: Usage | undefined;
  /** The model id that the provider reported; "" for none. */
  readonly providerModel: string;
}
