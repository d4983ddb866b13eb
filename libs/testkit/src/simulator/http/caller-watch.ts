import type { ServerResponse } from 'node:http';

/** Knows whether the caller of one exchange is still there. */
export interface CallerWatch {
  /** The connection ended before the answer did. */
  readonly gone: boolean;
  /** Until this much time has passed or the caller is gone. Without a time: until it is gone. */
  sleep(ms?: number): Promise<void>;
  /** Until written data may be followed by more, or the caller is gone. */
  drained(): Promise<void>;
  /** Until the answer, already ended, is handed to the operating system, or the caller is gone. */
  finished(): Promise<void>;
}

/** Watches the connection under a response. At most one wait at a time. */
export function watchCaller(res: ServerResponse): CallerWatch {
  let gone = false;
  let wake: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const wakeUp = () => {
    clearTimeout(timer);
    wake?.();
    wake = undefined;
  };
  const untilWoken = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  res.once('close', () => {
    gone = !res.writableFinished;
    wakeUp();
  });
  return {
    get gone() {
      return gone;
    },
    async sleep(ms) {
      if (gone) return;
      if (ms !== undefined) timer = setTimeout(wakeUp, ms);
      await untilWoken();
    },
    async drained() {
      if (gone || !res.writableNeedDrain) return;
      res.once('drain', wakeUp);
      await untilWoken();
      res.off('drain', wakeUp);
    },
    async finished() {
      if (gone || res.writableFinished) return;
      res.once('finish', wakeUp);
      await untilWoken();
    },
  };
}
