import { Purpose, type Strategy } from '@switchyard/contracts/routing';
import type { Envelope } from '@switchyard/llm';

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

/** The request as it is decided on. A kind of task says by itself who serves, so that it goes where the model is another one. */
export function downgraded(request: Envelope, { model, strategy }: Downgrade): Envelope {
  if (model === '') return { ...request, strategy };
  const requirements = request.requirements && { ...request.requirements, taskType: '' };
  return { ...request, model, requirements, strategy: strategy || request.strategy };
}

/** A probe measures what it names. */
export const isDowngradable = ({ purpose }: Envelope): boolean => purpose !== Purpose.PROBE;

/** What is told of it: the end of a sentence. */
export const describeDowngrade = ({ budget, tenant, atPercent }: Downgrade): string =>
  `downgraded by ${tenant === '' ? "the installation's " : ''}budget ${JSON.stringify(budget)} at ${atPercent} %`;
