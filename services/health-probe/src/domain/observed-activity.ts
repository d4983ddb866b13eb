import type { Activity } from './health-record.ts';
import type { Instant } from './judge-provider.ts';
import type { ProviderWindows } from './provider-windows.ts';

/** When a provider last succeeded and failed, as far as this replica has observed it; what it has not is left out. */
export function observedActivity(
  windows: ProviderWindows,
  { wallMs, monotonicMs }: Instant,
): Partial<Activity> {
  const { lastSuccessAtMs, lastFailureAtMs } = windows.whole.statistics(monotonicMs, monotonicMs);
  const toWall = (atMs: number) => wallMs - (monotonicMs - atMs);
  return {
    ...(lastSuccessAtMs === undefined ? {} : { lastSuccessAtMs: toWall(lastSuccessAtMs) }),
    ...(lastFailureAtMs === undefined ? {} : { lastFailureAtMs: toWall(lastFailureAtMs) }),
  };
}
