import type { Embedding, Usage } from '@switchyard/contracts/routing';

/** Vectors as a provider gave them, decoded. */
export interface DecodedEmbeddings {
  /** One for each input, in their order. */
  readonly embeddings: Embedding[];
  /** `undefined` where the provider reported none. */
  readonly usage: Usage | undefined;
  /** The model id that the provider reported; "" for none. */
  readonly providerModel: string;
}
