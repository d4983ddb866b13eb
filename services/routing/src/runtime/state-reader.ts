import type { OfferingState } from '../domain/decide/candidate.ts';
import type { Offering } from '../domain/snapshot/offering.ts';
import type { ProviderSecrets } from '../ports.ts';
import type { RuntimeRegistry } from './runtime-registry.ts';

/** Where states are read. */
export interface StateSources {
  readonly runtimes: RuntimeRegistry;
  readonly secrets: ProviderSecrets;
}

/** Reads offerings' states as of one instant. */
export const stateReader =
  ({ runtimes, secrets }: StateSources, nowMs: number): ((offering: Offering) => OfferingState) =>
  (offering) => {
    const { provider } = offering;
    const credential = secrets.stateOf(provider);
    const recoveredMs = runtimes.recoveredMs(provider.key, nowMs);
    const runtime = runtimes.peek(offering);
    if (runtime === undefined) return untouched(credential, recoveredMs);
    return {
      breaker: runtime.breaker.state(nowMs),
      breakerAdmits: runtime.breaker.admits(nowMs),
      cooling: runtime.coolDown.at(nowMs),
      active: runtime.active,
      latencyMs: runtime.latencyMs,
      successRate: runtime.successRate(nowMs),
      idleMs: runtime.idleMs(nowMs),
      recoveredMs,
      credential,
    };
  };

/** The state of an offering that was never called. Most are so: the usual ones are made once. */
function untouched(credential: OfferingState['credential'], recoveredMs: number | undefined): OfferingState {
  return recoveredMs === undefined ? UNTOUCHED[credential] : { ...UNTOUCHED[credential], recoveredMs };
}

const newState = (credential: OfferingState['credential']): OfferingState => ({
  breaker: 'closed',
  breakerAdmits: true,
  cooling: undefined,
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
