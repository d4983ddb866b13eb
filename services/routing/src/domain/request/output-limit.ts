import type { Offering } from '../snapshot/offering.ts';
import type { Needs } from './needs.ts';

/** Output tokens asked for where the caller sets none, the model's limit is unknown and the wire format wants a number. */
const FALLBACK_MAX_OUTPUT = 4_096;

/**
 * Most output tokens to ask a provider for: the caller's, clamped to the model's limit. undefined leaves it to the
 * provider, where the wire format allows that.
 */
export function outputLimit(
  { maxOutputTokens }: Pick<Needs, 'maxOutputTokens'>,
  offering: Offering,
): number | undefined {
  const modelLimit = offering.maxOutputTokens;
  if (maxOutputTokens !== undefined) return Math.min(maxOutputTokens, modelLimit ?? maxOutputTokens);
  return offering.provider.format.requiresOutputLimit ? (modelLimit ?? FALLBACK_MAX_OUTPUT) : undefined;
}
