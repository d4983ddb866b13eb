import type { Logger } from '../telemetry/logger.ts';
import { type Readiness, STOPPING_PART } from './readiness.ts';

const CHECK_MS = 1_000;
/** Checks in a row that agree before a change is told: parts come one after another at a start, and connections flicker. */
const AGREEING_CHECKS = 2;

/** What is known of one part. */
interface Known {
  /** As it was last told; a part is taken to be in order until it is seen otherwise. */
  told: boolean;
  /** Checks in a row that differ from what was told. */
  differing: number;
}

/** Logs when a part of a service falls out of order, and when it is back: `part` is its name. @returns ends it */
export function logPartChanges(readiness: Readiness, log: Logger): () => void {
  const known = new Map<string, Known>();
  const timer = setInterval(() => check(known, { readiness, log }), CHECK_MS).unref();
  return () => clearInterval(timer);
}

function check(
  known: Map<string, Known>,
  { readiness, log }: { readonly readiness: Readiness; readonly log: Logger },
): void {
  for (const [part, { ok, detail }] of Object.entries(readiness.report().parts)) {
    // That the service stops is logged where it begins to.
    if (part === STOPPING_PART) continue;
    const state = known.get(part) ?? { told: true, differing: 0 };
    known.set(part, state);
    state.differing = ok === state.told ? 0 : state.differing + 1;
    if (state.differing < AGREEING_CHECKS) continue;
    Object.assign(state, { told: ok, differing: 0 });
    if (ok) log.info({ part, detail }, 'a part is in order again');
    else log.warn({ part, detail }, 'a part is not in order');
  }
}
