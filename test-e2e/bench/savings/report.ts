import { formatUsd } from '@switchyard/kernel';
import type { Arm } from './arms.ts';
import type { Booked } from './booked.ts';
import type { TracedCall } from './traced-call.ts';

/** What came of one arm. */
export interface Result {
  readonly arm: Arm;
  readonly booked: Booked;
}

/** What came of one trace. */
export interface TraceResults {
  readonly name: string;
  readonly calls: readonly TracedCall[];
  /** The baseline's first. */
  readonly results: readonly Result[];
}

/** The results as a table, each arm's cost against the first one's. */
export function reportOf({ name, calls, results }: TraceResults): string {
  const baseline = Number(results[0]?.booked.total.costNanoUsd);
  const minutes = ((calls.at(-1)?.arrivalMs ?? 0) / 60_000).toFixed(1);
  const failed = results.reduce((sum, { booked: { total } }) => sum + total.attempts - total.successes, 0n);
  return [
    '',
    `${name}: ${calls.length} requests of ${minutes} min; ${failed} failed attempts`,
    '',
    '| | charged | saved | input tokens, M | of them from providers’ caches, M | output tokens, M | answered from the cache | calls by model |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |',
    ...results.map((result) => rowOf(result, baseline)),
    '',
  ].join('\n');
}

function rowOf({ arm, booked: { total, models } }: Result, baseline: number): string {
  const { costNanoUsd, inputTokens, cacheReadTokens, outputTokens, cachedRequests } = total;
  const cells = [
    arm.title,
    `$${formatUsd(costNanoUsd)}`,
    percent(1 - Number(costNanoUsd) / baseline),
    millions(inputTokens),
    millions(cacheReadTokens),
    millions(outputTokens),
    cachedRequests,
    models.map(({ model, attempts }) => `${model} ${attempts}`).join(', '),
  ];
  return `| ${cells.join(' | ')} |`;
}

const millions = (tokens: bigint | number): string => (Number(tokens) / 1e6).toFixed(2);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
