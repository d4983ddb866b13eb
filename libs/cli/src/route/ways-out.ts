import type { Candidate } from '@switchyard/contracts/routing';

/** What can be done about the exclusions of some candidates: each way out once, with the constraint that it is for. */
export function waysOut(candidates: readonly Pick<Candidate, 'exclusions'>[]): string[] {
  const exclusions = candidates.flatMap((candidate) => candidate.exclusions);
  const known = exclusions.filter(({ wayOut }) => wayOut !== '');
  return [...new Set(known.map(({ constraint, wayOut }) => `${constraint}: ${wayOut}`))];
}
