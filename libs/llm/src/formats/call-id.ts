import { createHash } from 'node:crypto';

/** Ids that other providers take too: OpenAI's bound is 40 characters. */
const RESPONSE_ID = /^[\w-]{1,32}$/;

/** What is known of a function call. */
export interface CallSource {
  /** The id that the provider gave; most models give none. */
  readonly id: string | undefined;
  readonly responseId: string | undefined;
  /** Number of the call in the answer, from 0. */
  readonly index: number;
  readonly name: string;
  readonly argumentsJson: string;
}

/**
 * Id of a function call: the provider's, else one made of the id of the answer, which is unique. Without that, one made
 * of the call itself, so that only an equal call can have the same. The same answer always gives the same ids.
 */
export function callIdOf({ id, responseId, index, name, argumentsJson }: CallSource): string {
  if (id !== undefined && id !== '') return id;
  if (responseId !== undefined && RESPONSE_ID.test(responseId)) return `call_${responseId}_${index}`;
  const digest = createHash('sha256')
    .update(JSON.stringify([index, name, argumentsJson]))
    .digest('hex');
  return `call_${digest.slice(0, 24)}`;
}
