import type { ToldQuota } from '@switchyard/resilience';
import { readNumber, readReset } from './read-reset.ts';

type StandardLimit = Pick<ToldQuota, 'remaining' | 'limit' | 'resetMs'>;

/** Longest field that is looked at, and policies in it. */
const MAX_LENGTH = 512;
const MOST_POLICIES = 4;

/** Names of the three fields; `x-` is what was in use before the drafts. */
const TRIPLES = ['ratelimit-', 'x-ratelimit-'] as const;

/**
 * The fields of the IETF's drafts (draft-ietf-httpapi-ratelimit-headers): three fields each with a number (to -06), one with
 * `limit=100, remaining=50, reset=5` (-07), or a list of policies `"default";r=50;t=30` (from -08), of which each holds.
 */
export function readStandardFields(
  header: (name: string) => string | undefined,
  wallNowMs: number,
): readonly StandardLimit[] {
  const combined = header('ratelimit');
  if (combined !== undefined && combined.length <= MAX_LENGTH) {
    const limits = combined.includes('remaining=') ? readDraft7(combined) : readPolicies(combined);
    if (limits.length > 0) return limits;
  }
  for (const prefix of TRIPLES) {
    const remaining = readNumber(header(`${prefix}remaining`));
    const resetMs = readReset(header(`${prefix}reset`), wallNowMs);
    // The limit may carry a policy: "100, 100;w=60".
    const limit = readNumber(header(`${prefix}limit`)?.split(/[,;]/, 1)[0]);
    if (remaining !== undefined && resetMs !== undefined) return [{ remaining, limit, resetMs }];
  }
  return [];
}

function readDraft7(field: string): StandardLimit[] {
  const values = new Map(
    field.split(',').map((part) => {
      const [name = '', value] = part.trim().split('=', 2);
      return [name, readNumber(value)] as const;
    }),
  );
  const [remaining, resetS] = [values.get('remaining'), values.get('reset')];
  if (remaining === undefined || resetS === undefined) return [];
  return [{ remaining, limit: values.get('limit'), resetMs: resetS * 1_000 }];
}

function readPolicies(field: string): StandardLimit[] {
  return field.split(',', MOST_POLICIES).flatMap((policy) => {
    const parameter = (name: string) => readNumber(new RegExp(`;\\s*${name}=(\\d+)`).exec(policy)?.[1]);
    const [remaining, resetS] = [parameter('r'), parameter('t')];
    if (remaining === undefined || resetS === undefined) return [];
    return [{ remaining, limit: undefined, resetMs: resetS * 1_000 }];
  });
}
