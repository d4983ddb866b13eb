/** Envoy outlier detection's defaults: `success_rate_minimum_hosts`, `_request_volume`, `_stdev_factor` / 1000. */
const MIN_HOSTS = 5;
const MIN_CALLS = 100;
const STDEV_FACTOR = 1.9;

/**
 * The success rate below which a target is an outlier among targets that do the same work: mean − 1.9 σ over those
 * with ≥100 calls; undefined with fewer than 5 of them. Source: Envoy, "Outlier detection: success rate".
 *
 * @param peers calls and successes of each over the same span, the judged one included.
 */
export function successRateFloor(
  peers: Iterable<{ readonly calls: number; readonly successes: number }>,
): number | undefined {
  const rates: number[] = [];
  for (const { calls, successes } of peers) {
    if (calls >= MIN_CALLS) rates.push(successes / calls);
  }
  if (rates.length < MIN_HOSTS) return undefined;
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const variance = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / rates.length;
  return mean - STDEV_FACTOR * Math.sqrt(variance);
}
