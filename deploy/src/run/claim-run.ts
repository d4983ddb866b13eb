import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, ownIdentity, withFileLock } from '@switchyard/testkit/processes';
import { StartError } from '../start-error.ts';
import { type RunRecord, readRunRecord, writeRunRecord } from './run-record.ts';

/** The claim itself takes milliseconds. */
const LOCK_TIMEOUT_MS = 5_000;

/**
 * Makes this process the one that runs the installation of a folder.
 *
 * @returns what the last run has left behind, as it was recorded
 * @throws StartError where another process runs it
 */
export async function claimRun(
  stateDir: string,
  startedAt: Date,
): Promise<{ readonly previous: RunRecord | undefined; readonly record: RunRecord }> {
  await mkdir(stateDir, { recursive: true });
  const lock = {
    file: join(stateDir, 'run.lock'),
    timeoutMs: LOCK_TIMEOUT_MS,
    purpose: 'Starting Switchyard',
  };
  return withFileLock(lock, async () => {
    const previous = await readRunRecord(stateDir);
    if (previous !== undefined && isAlive(previous.owner)) throw alreadyRunning(stateDir, previous);
    const record: RunRecord = {
      owner: ownIdentity(),
      phase: 'starting',
      startedAt: startedAt.toISOString(),
      // Until they are known to be gone: a start that is killed now must not forget them.
      processes: previous?.processes ?? [],
      servers: [],
      ownServerUrls: previous?.ownServerUrls ?? {},
    };
    writeRunRecord(stateDir, record);
    return { previous, record };
  });
}

function alreadyRunning(stateDir: string, { owner, phase }: RunRecord): StartError {
  const state = phase === 'ready' ? 'runs' : `is ${phase}`;
  return new StartError(
    `Switchyard ${state} already from ${stateDir} (process ${owner.pid}): "npm run status" shows it, "npm run stop" ends it; for a second one, set SWITCHYARD_STATE_DIR and other ports`,
  );
}
