import type { OfferingState } from '../domain/decide/candidate.ts';
import type { Refusal } from '../domain/limits/refusal.ts';
import type { Offering } from '../domain/snapshot/offering.ts';
import type { ProviderSecrets } from '../ports.ts';
import type { ProviderQuotas } from './limits/provider-quotas.ts';
import type { RuntimeRegistry } from './runtime-registry.ts';

/** Where states are read. */
export interface StateSources {
  readonly runtimes: RuntimeRegistry;
  readonly quotas: ProviderQuotas;
  readonly secrets: ProviderSecrets;
}

/** For which request states are read, and as of when. */
export interface ReadAs {
  /** Tokens that it is expected to use. */
  readonly tokens: number;
  /** Monotonic. */
  readonly nowMs: number;
}

/** Reads offerings' states as of one instant. */
export const stateReader =
  (
    { runtimes, quotas, secrets }: StateSources,
    { tokens, nowMs }: ReadAs,
  ): ((offering: Offering) => OfferingState) =>
  (offering) => {
    const { provider } = offering;
    const credential = secrets.stateOf(provider);
    const recoveredMs = runtimes.recoveredMs(provider.key, nowMs);
    const limited = quotas.refusal({ provider, tokens }, nowMs);
    const runtime = runtimes.peek(offering);
    if (runtime === undefined) return untouched(credential, recoveredMs, limited);
    return {
      breaker: runtime.breaker.state(nowMs),
      breakerAdmits: runtime.breaker.admits(nowMs),
      cooling: runtime.coolDown.at(nowMs),
      limited: limited ?? runtime.refusal(provider, { tokens, nowMs }),
      active: runtime.active,
      latencyMs: runtime.latencyMs,
      successRate: runtime.successRate(nowMs),
      idleMs: runtime.idleMs(nowMs),
      recoveredMs,
      credential,
    };
  };

/** The state of an offering that was never called. Most are so: the usual ones are made once. */
function untouched(
  credential: OfferingState['credential'],
  recoveredMs: number | undefined,
  limited: Refusal | undefined,
): OfferingState {
  const usual = UNTOUCHED[credential];
  return recoveredMs === undefined && limited === undefined ? usual : { ...usual, recoveredMs, limited };
}

const newState = (credential: OfferingState['credential']): OfferingState => ({
  breaker: 'closed',
  breakerAdmits: true,
  cooling: undefined,
  limited: undefined,
  active: 0,
  latencyMs: undefined,
  successRate: undefined,
  idleMs: undefined,
  recoveredMs: undefined,
  credential,
});

const UNTOUCHED: Readonly<Record<OfferingState['credential'], OfferingState>> = {
  ready: newState('ready'),
  unknown: newState('unknown'),
  missing: newState('missing'),
};
