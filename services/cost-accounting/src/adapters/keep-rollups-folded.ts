import { type Logger, Loop, type Postgres } from '@switchyard/service-kit';
import type { RollupEvents } from '../events.ts';
import { foldRollups, type MergedValues } from './postgres-fold-rollups.ts';

const EVERY_MS = 2_000;
/** Parts of one transaction: bounds its memory and how long its rows are locked. */
const MOST_PARTS = 20_000;
/** Days of tenants that are told of once. */
const MOST_TOLD = 10_000;

/** What folds, and who is told. */
export interface RollupsFolded {
  readonly postgres: Postgres;
  readonly events: RollupEvents;
  readonly log: Logger;
}

/**
 * Folds the parts of roll-ups as they come. Whoever asks sees them before, too: only slower where they are many. A fold that fails, as one
 * that takes longer than a statement may, is tried again with half as many parts, so that none is too large for ever; what succeeds doubles them.
 */
export function keepRollupsFolded({ postgres, events, log }: RollupsFolded): () => Promise<void> {
  let mostParts = MOST_PARTS;
  const told = new Set<string>();
  const loop: Loop = new Loop({
    everyMs: EVERY_MS,
    run: async () => {
      try {
        const { parts, merged } = await foldRollups(postgres, mostParts);
        if (parts === mostParts) loop.wake();
        if (parts > 0) mostParts = Math.min(MOST_PARTS, mostParts * 2);
        events.folded({ parts, merged });
        for (const one of merged) tellOnce(one, { told, log });
      } catch (error) {
        mostParts = Math.max(1, mostParts >>> 1);
        events.foldFailed();
        log.warn({ err: error, mostParts }, 'roll-ups cannot be folded now; trying again with fewer parts');
      }
    },
  });
  return () => loop.close();
}

function tellOnce(
  { tenant, day, dimension, values }: MergedValues,
  { told, log }: { readonly told: Set<string>; readonly log: Logger },
): void {
  const key = `${day} ${dimension} ${tenant}`;
  if (told.has(key)) return;
  if (told.size >= MOST_TOLD) told.clear();
  told.add(key);
  log.warn(
    { tenant, day, dimension, values },
    'a tenant names more values in a day than roll-ups keep apart: those that came last are (other)',
  );
}
