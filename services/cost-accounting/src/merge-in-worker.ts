import { Worker } from 'node:worker_threads';
import type { OfferingPrice } from '@switchyard/contracts/cost';
import type { RawFiles } from '@switchyard/llm/catalog-refresh';
import type { GuardedPrices } from './domain/price/guard-prices.ts';

/** What is merged. */
export interface MergeTask {
  readonly files: RawFiles;
  /** Day of the prices that have dates, "2026-08-21". */
  readonly day: string;
  /** Prices of the last refresh; undefined: those of the bundled catalog. */
  readonly present: readonly OfferingPrice[] | undefined;
  /** Less than this share of the bundled catalog left is refused, in percent. */
  readonly leastKeptPercent: number;
}

/** New prices, or why there are none. */
export type MergeAnswer =
  | { readonly refusal: string }
  | {
      readonly guarded: GuardedPrices;
      /** Votes of single sources that were set aside, before they were compared with the present prices. */
      readonly quarantined: number;
    };

/** Longest time of a merge; it takes 6 s of one core. */
const TIMEOUT_MS = 300_000;
/** It takes 400 MB. */
const MAX_HEAP_MB = 1_024;

/** Merges the sources in a thread of its own. @throws Error where it takes too long or too much memory, or is given up */
export async function mergeInWorker(task: MergeTask, signal: AbortSignal): Promise<MergeAnswer> {
  // Beside this file, as TypeScript or bundled.
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'mjs';
  const worker = new Worker(new URL(`./refresh-prices.${ending}`, import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    return await new Promise<MergeAnswer>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`the merge ended with ${code} and no answer`)));
      limit.addEventListener('abort', () => reject(new Error('the merge was given up')), { once: true });
    });
  } finally {
    await worker.terminate();
  }
}
