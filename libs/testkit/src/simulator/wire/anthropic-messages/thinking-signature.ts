import { extendFingerprint, fingerprintNumber, startFingerprint } from '../../answer/fingerprint.ts';

/** Base64 of 18 bytes: whole groups, so that it stays a prefix of the whole. */
const PREFIX = Buffer.from('simulated-thinking').toString('base64');

/** What a thinking block is signed with; it must come back unchanged in the next turn. */
export function thinkingSignature(thinking: string): string {
  const number = fingerprintNumber(extendFingerprint(startFingerprint(), thinking));
  return PREFIX + Buffer.from(`:${number}:simulated`).toString('base64');
}

/** Whether a simulator signed it; a signature of anyone else is refused as the real API does. */
export function isSimulatedSignature(signature: string): boolean {
  return signature.startsWith(PREFIX) && signature.length > PREFIX.length;
}
