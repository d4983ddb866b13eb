import type { ModerationResult, Usage } from '@switchyard/contracts/routing';

/** Verdicts as a provider gave them, decoded. */
export interface DecodedModeration {
  /** One for each input, or one in all where they are judged together. */
  readonly results: ModerationResult[];
  /** `undefined` where the provider reported none. */
  readonly usage: Usage | undefined;
  /** The model id that the provider reported; "" for none. */
  readonly providerModel: string;
}
