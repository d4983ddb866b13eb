import { WIRE_FORMAT_IDS, type WireFormatId } from './wire-format.ts';

/**
 * Signatures and encrypted reasoning are worth something only to the provider that wrote them; another answers them with
 * an error. They therefore leave Switchyard with the id of their wire format before them, and go back without it to that
 * format only, so that a conversation can move between providers. What carries no id came from a caller who had it from
 * the provider itself, and is sent as it is.
 */
const ORIGIN = new RegExp(`^(${WIRE_FORMAT_IDS.join('|')}):`);

/** A signature or encrypted reasoning as callers get it. */
export function withOrigin(format: WireFormatId, opaque: string): string {
  return `${format}:${opaque}`;
}

/** The same as the provider gave it; `undefined` where another format wrote it, or where it is empty. */
export function forFormat(format: WireFormatId, marked: string): string | undefined {
  if (marked === '') return undefined;
  const origin = ORIGIN.exec(marked)?.[1];
  if (origin === undefined) return marked;
  return origin === format ? marked.slice(format.length + 1) : undefined;
}
