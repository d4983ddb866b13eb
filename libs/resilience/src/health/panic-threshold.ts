/** Envoy's `healthy_panic_threshold`, 50 %. */
const PANIC_BELOW = 0.5;

/**
 * Whether so few of the candidates are available that health should be ignored when choosing among them: below
 * half. When everything looks bad, the observer is more often wrong than the fleet, and trying is better than
 * refusing. Source: Envoy, "Panic threshold".
 */
export function inPanic({ available, total }: { available: number; total: number }): boolean {
  return total > 0 && available < PANIC_BELOW * total;
}
