import type { Usage } from '@switchyard/contracts/routing';

/** Speech as a provider gave it, decoded. */
export interface DecodedSpeech {
  readonly audio: Buffer;
  /** "audio/mpeg" and the like. */
  readonly mediaType: string;
  /** `undefined` where the provider reported none, which is the rule: the answer is sound alone. */
  readonly usage: Usage | undefined;
  /** The model id that the provider reported; "" for none. */
  readonly providerModel: string;
}
