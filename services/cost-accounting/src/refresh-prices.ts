import { randomInt } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { bundledCatalog } from '@switchyard/llm/bundled-catalog';
import { readRegistry, refreshCatalog } from '@switchyard/llm/catalog-refresh';
import { catalogPrices } from './domain/price/catalog-prices.ts';
import { guardPrices } from './domain/price/guard-prices.ts';
import type { MergeAnswer, MergeTask } from './merge-in-worker.ts';

// A worker, because the merge computes for seconds, and the ledger must not wait for it. A file of its own, which the image
// bundles as one.

/** Parts of a random number. */
const RANDOM_STEPS = 2 ** 40;

function merge({ files, day, present, leastKeptPercent }: MergeTask): MergeAnswer {
  const bundled = bundledCatalog();
  const { catalog, quarantined, shrinking, verification } = refreshCatalog({
    files,
    registry: readRegistry(),
    day,
    retrieved: new Map(),
    present: bundled,
    leastKeptPercent,
    random: () => randomInt(RANDOM_STEPS) / RANDOM_STEPS,
  });
  const refusals = [...shrinking, ...verification.differences];
  if (refusals.length > 0) return { refusal: refusals.join('; ') };
  const guarded = guardPrices(present ?? catalogPrices(bundled).prices, catalogPrices(catalog).prices);
  return { guarded, quarantined: quarantined.length };
}

/** Texts alone cross over: an error of the sources is one that they expect, and any other has its stack there. */
function answer(): MergeAnswer {
  try {
    return merge(workerData as MergeTask);
  } catch (error) {
    return { refusal: (error as Error).message };
  }
}

parentPort?.postMessage(answer());
