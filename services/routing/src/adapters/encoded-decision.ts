import { encodeMessage } from '@switchyard/contracts/encode-message';
import { Decision } from '@switchyard/contracts/routing';

/** A decision as it waits to be stored: a few hundred bytes, where the objects that it is made of are some thousands. */
export interface EncodedDecision extends Pick<Decision, 'tenant' | 'requestId' | 'decidedAt' | 'outcome'> {
  /** As protobuf. */
  readonly body: Uint8Array;
}

export function encodeDecision(decision: Decision): EncodedDecision {
  const { tenant, requestId, decidedAt, outcome } = decision;
  return { tenant, requestId, decidedAt, outcome, body: encodeMessage(Decision, decision) };
}

export const decodeDecision = ({ body }: Pick<EncodedDecision, 'body'>): Decision => Decision.decode(body);
