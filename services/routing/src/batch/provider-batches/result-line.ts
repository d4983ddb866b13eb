import type { BatchLineResult, BatchProtocol } from '@switchyard/llm';
import type { RemoteLine } from '../../transport/provider-batches.ts';

/** A result as it is settled: one that is too large cannot be read, but whose it is. */
export type ResultLine =
  | BatchLineResult
  | { readonly customId: string; readonly end: { readonly kind: 'too large' } };

/** Names of lines as they are submitted. */
const CUSTOM_ID = /"custom_id"\s*:\s*"([\w-]{1,64})"/;

/** Reads a line of a provider's results; undefined where it is none. */
export function readResult(
  { text, isWhole }: RemoteLine,
  { decodeResult }: Pick<BatchProtocol, 'decodeResult'>,
): ResultLine | undefined {
  if (isWhole) return decodeResult(text);
  const [, customId] = CUSTOM_ID.exec(text) ?? [];
  return customId === undefined ? undefined : { customId, end: { kind: 'too large' } };
}

/** Whose result a line is. */
export const customIdOf = (
  line: RemoteLine,
  protocol: Pick<BatchProtocol, 'decodeResult'>,
): string | undefined => readResult(line, protocol)?.customId;
