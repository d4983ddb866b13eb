import type { Logger, Postgres } from '@switchyard/service-kit';
import { foldRollups } from './postgres-fold-rollups.ts';

const EVERY_MS = 2_000;
const RETRY_MS = 5_000;

/** Folds the parts of roll-ups as they come. Whoever asks sees them before, too: only slower where they are many. */
export function keepRollupsFolded({
  postgres,
  log,
}: {
  postgres: Postgres;
  log: Logger;
}): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running = Promise.resolve();
  async function run(): Promise<void> {
    let nextMs = EVERY_MS;
    try {
      if (await foldRollups(postgres)) nextMs = 0;
    } catch (error) {
      log.warn({ err: error }, 'roll-ups cannot be folded now; trying again');
      nextMs = RETRY_MS;
    }
    if (!stopped) timer = setTimeout(start, nextMs).unref();
  }
  function start(): void {
    running = run();
  }
  start();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await running;
  };
}
