import { Purpose, Strategy } from '@switchyard/contracts/routing';
import type { Envelope } from '@switchyard/llm';
import { AUTO, strategyOfAutoName } from '../pool/auto-names.ts';

/** A budget that runs low, and what requests are decided by meanwhile. */
export interface Downgrade {
  /** Id of the budget. */
  readonly budget: string;
  /** Whose requests; '' is all tenants'. */
  readonly tenant: string;
  /** Of which API key; '' is all of the tenant. */
  readonly keyId: string;
  readonly atPercent: number;
  /** The model name in place of the request's; '': as requested. */
  readonly model: string;
  /** UNSPECIFIED: as requested. */
  readonly strategy: Strategy;
  /** When it ends, by cost-accounting's time; Infinity: never. */
  readonly endMs: number;
}

/** Whose request it is. */
export interface DowngradedCaller {
  readonly tenant: string;
  readonly keyId: string;
}

/**
 * What a request is downgraded by: that of its key comes before its tenant's, and that before the installation's; of those alike the one
 * of the highest percent. Undefined: nothing.
 *
 * @param wallMs cost-accounting's time
 */
export function downgradeOf(
  downgrades: readonly Downgrade[],
  { tenant, keyId }: DowngradedCaller,
  wallMs: number,
): Downgrade | undefined {
  let found: Downgrade | undefined;
  for (const one of downgrades) {
    const counts =
      (one.tenant === '' || one.tenant === tenant) &&
      (one.keyId === '' || one.keyId === keyId) &&
      wallMs < one.endMs;
    if (counts && (found === undefined || rankOf(one) > rankOf(found))) found = one;
  }
  return found;
}

/** More than any percent. */
const NEARER = 10_000;

const rankOf = ({ tenant, keyId, atPercent }: Downgrade): number =>
  (keyId === '' ? 0 : 2 * NEARER) + (tenant === '' ? 0 : NEARER) + atPercent;

/**
 * The request as it is decided on. A kind of task says by itself who serves, so that it goes where the model is another one. A name
 * that is a strategy by itself (`auto:fastest`) stands beside no other strategy: the downgrade's comes in the place of the request's.
 */
export function downgraded(request: Envelope, { model, strategy }: Downgrade): Envelope {
  if (model === '') {
    const named = strategyOfAutoName(request.model) === undefined ? request.model : AUTO;
    return { ...request, model: named, strategy };
  }
  const requirements = request.requirements && { ...request.requirements, taskType: '' };
  const isStrategy = strategyOfAutoName(model) !== undefined;
  return {
    ...{ ...request, model, requirements },
    strategy: isStrategy ? Strategy.UNSPECIFIED : strategy || request.strategy,
  };
}

/** A probe measures what it names. */
export const isDowngradable = ({ purpose }: Envelope): boolean => purpose !== Purpose.PROBE;

/** Why somebody was chosen, in one sentence, and what had it decided so. How much all tenants together have used is nothing for one of them to know. */
export function withDowngrade(
  reason: string,
  { budget, tenant, atPercent }: Pick<Downgrade, 'budget' | 'tenant' | 'atPercent'>,
): string {
  const name = `budget ${JSON.stringify(budget)}`;
  return `${reason}; downgraded by ${tenant === '' ? `the installation's ${name}` : `${name} at ${atPercent} %`}`;
}
