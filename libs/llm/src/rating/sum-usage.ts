import type { Usage } from '@switchyard/contracts/routing';

/** What several calls used together. A count that one of them has not is that of the others. */
export function sumUsage(calls: readonly Usage[]): Usage {
  const sums = new Map<string, number>();
  for (const call of calls) {
    for (const [kind, count] of Object.entries(call))
      if (typeof count === 'number') sums.set(kind, (sums.get(kind) ?? 0) + count);
  }
  return { ...Object.fromEntries(sums), estimated: calls.some(({ estimated }) => estimated) };
}
