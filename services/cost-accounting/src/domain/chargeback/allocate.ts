/**
 * Divides an amount by weights, to the last unit: the parts add up to it exactly. What is left after rounding towards zero goes, one unit
 * each, to the largest remainders; of equal ones to the first. Where all weights are 0 the parts are even.
 *
 * Source: largest remainder method (Hare quota).
 *
 * @param weights from 0; at least one
 */
export function allocate(amount: bigint, weights: readonly bigint[]): bigint[] {
  const given = weights.reduce((sum, weight) => sum + weight, 0n);
  const [shares, total] = given > 0n ? [weights, given] : [weights.map(() => 1n), BigInt(weights.length)];
  const sign = amount < 0n ? -1n : 1n;
  const whole = amount * sign;
  const parts = shares.map((weight) => (whole * weight) / total);
  let left = whole - parts.reduce((sum, part) => sum + part, 0n);
  const byRemainder = shares
    .map((weight, at) => ({ at, remainder: (whole * weight) % total }))
    .toSorted((a, b) => (a.remainder === b.remainder ? a.at - b.at : a.remainder > b.remainder ? -1 : 1));
  for (const { at } of byRemainder) {
    if (left === 0n) break;
    parts[at] = (parts[at] ?? 0n) + 1n;
    left -= 1n;
  }
  return parts.map((part) => part * sign);
}
