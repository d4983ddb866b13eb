import { createHash } from 'node:crypto';
import type { Dialect } from '../dialect.ts';

const NINE = /^[A-Za-z0-9]{9}$/;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 9;

/**
 * Id of a tool call as the vendor takes it. One of another form, which another provider or the caller has given, is sent as nine
 * letters and digits made of it: the same for the call and its result, in every turn, so that they go on belonging together.
 * The vendor's own ids come back as they were. Two ids of a conversation become one with a chance of 1 in 10^16.
 */
export function wireCallId(id: string, { toolCallIds }: Pick<Dialect, 'toolCallIds'>): string {
  if (toolCallIds === undefined || NINE.test(id)) return id;
  let rest = createHash('sha256').update(id).digest().readBigUInt64BE();
  let made = '';
  for (let i = 0; i < LENGTH; i++) {
    made += LETTERS[Number(rest % BigInt(LETTERS.length))];
    rest /= BigInt(LETTERS.length);
  }
  return made;
}
