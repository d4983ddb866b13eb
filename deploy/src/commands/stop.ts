import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, signalProcess } from '@switchyard/testkit/processes';
import { type Progress, withProgress } from '../output/progress.ts';
import { endLeftovers } from '../run/end-leftovers.ts';
import { type RunRecord, readRunRecord } from '../run/run-record.ts';
import { StartError } from '../start-error.ts';

/** Longer than three groups of processes may take one after another. */
const STOP_TIMEOUT_MS = 200_000;
const INTERVAL_MS = 100;

/** Ends the run of a folder, and what a run that was killed has left. @returns what to tell the user */
export async function stop(stateDir: string, progress: Progress): Promise<string> {
  const record = await readRunRecord(stateDir);
  const wasRunning = record !== undefined && isAlive(record.owner);
  if (wasRunning) await endRun(stateDir, { record, progress });
  const left = await endLeftovers(stateDir, await readRunRecord(stateDir));
  if (left.length > 0) return `Switchyard has stopped (what was left of it: ${left.join(', ')}).`;
  return wasRunning ? 'Switchyard has stopped.' : 'Switchyard was not running.';
}

async function endRun(
  stateDir: string,
  { record, progress }: { record: RunRecord; progress: Progress },
): Promise<void> {
  const { owner, phase } = record;
  await withProgress({ progress, task: 'stop', text: 'Draining' }, async () => {
    // A second signal would end everything at once.
    if (phase !== 'stopping') signalProcess(owner, 'SIGTERM');
    const end = performance.now() + STOP_TIMEOUT_MS;
    while (isAlive(owner)) {
      if (performance.now() >= end) {
        throw new StartError(
          `process ${owner.pid} still drains after ${STOP_TIMEOUT_MS / 1_000} s: see the logs in ${stateDir}/logs`,
        );
      }
      await sleep(INTERVAL_MS);
      const running = (await readRunRecord(stateDir))?.processes.filter(
        ({ process }) => process !== undefined,
      );
      const names = running?.map(({ name }) => name).join(', ') ?? '';
      progress({
        kind: 'working',
        task: 'stop',
        text: names === '' ? 'Stopping servers' : `Draining ${names}`,
      });
    }
    return { result: undefined, text: 'Everything has ended' };
  });
}
