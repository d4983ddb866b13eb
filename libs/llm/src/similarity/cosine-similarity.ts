/** How alike the directions of two vectors are, -1 to 1; undefined where they do not compare: of different length, or without one. */
export function cosineSimilarity(one: ArrayLike<number>, other: ArrayLike<number>): number | undefined {
  if (one.length !== other.length) return undefined;
  let product = 0;
  let squaresOfOne = 0;
  let squaresOfOther = 0;
  for (let i = 0; i < one.length; i++) {
    const a = one[i] as number;
    const b = other[i] as number;
    product += a * b;
    squaresOfOne += a * a;
    squaresOfOther += b * b;
  }
  const similarity = product / Math.sqrt(squaresOfOne * squaresOfOther);
  return Number.isFinite(similarity) ? similarity : undefined;
}
