import type { FinishReason, Message, Usage } from '@switchyard/contracts/routing';

/** A complete answer, decoded. */
export interface DecodedResponse {
  /** The assistant's turn. */
  readonly message: Message;
  readonly finishReason: FinishReason;
  /** `undefined` where the provider reported none. */
  readonly usage: Usage | undefined;
  /** The model id that the provider reported; "" for none. */
  readonly providerModel: string;
}
