import type { Reasoning } from '@switchyard/contracts/routing';

/** Marks a signature over readable reasoning, to tell it from reasoning that is encrypted as a whole. */
const SIGNATURE = 'sig.';

/** The one opaque field of a reasoning item, which holds what proves it; `undefined` where nothing does. */
export function encryptedContentOf({
  signature,
  redactedData,
}: Pick<Reasoning, 'signature' | 'redactedData'>): string | undefined {
  if (redactedData !== '') return redactedData;
  return signature === '' ? undefined : `${SIGNATURE}${signature}`;
}

/** What such a field held. */
export function opaqueOf(encryptedContent: string): Pick<Reasoning, 'signature' | 'redactedData'> {
  return encryptedContent.startsWith(SIGNATURE)
    ? { signature: encryptedContent.slice(SIGNATURE.length), redactedData: '' }
    : { signature: '', redactedData: encryptedContent };
}
