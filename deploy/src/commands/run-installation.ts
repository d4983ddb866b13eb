import { join } from 'node:path';
import type { Env } from '@switchyard/service-kit';
import { type FleetOptions, type FleetParts, type RunningFleet, startFleet } from '../fleet.ts';
import { renderDevEnv } from '../output/dev-env.ts';
import type { Progress } from '../output/progress.ts';
import { claimRun } from '../run/claim-run.ts';
import { endLeftovers } from '../run/end-leftovers.ts';
import { type RunRecord, readRunRecord, recordParts, writeRunRecord } from '../run/run-record.ts';
import { type LocalSettings, readLocalSettings, readStateDir } from '../settings/local-settings.ts';
import { plannedPorts, portsInUse } from '../settings/port-plan.ts';
import { writePrivateFile } from '../settings/private-file.ts';
import { StartError } from '../start-error.ts';

export interface RunOptions {
  readonly env: Env;
  readonly progress: Progress;
  /** Told of the parts whenever one is started or ends: whoever has to end them at once needs them. */
  readonly onParts: (parts: FleetParts) => void;
  /** Told when everything is ready. */
  readonly onReady: (fleet: RunningFleet) => void;
  /** Ends the run in an orderly way. */
  readonly signal: AbortSignal;
}

/**
 * Runs one installation from its start to its end.
 *
 * @throws StartError, ConfigError where it can't be started; nothing is left running
 */
export async function runInstallation(options: RunOptions): Promise<void> {
  const { env, progress, signal } = options;
  const stateDir = readStateDir(env);
  const last = await readRunRecord(stateDir);
  const settings = readLocalSettings(env, last?.ownServerUrls ?? {});
  const claim = await claimRun(stateDir, new Date());
  const record = new RecordKeeper(stateDir, { record: claim.record, progress });
  try {
    await endLeft(stateDir, { previous: claim.previous, progress });
    await refuseTakenPorts(settings);
    const fleet = await startFleet(fleetOptions(settings, options, record));
    await writePrivateFile(join(stateDir, 'dev.env'), renderDevEnv(fleet.devEnv));
    record.update({ phase: 'ready' });
    options.onReady(fleet);
    await aborted(signal);
    record.update({ phase: 'stopping' });
    await fleet.stop();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    record.update({ phase: 'stopped' });
  }
}

/** Keeps the record of this run up to date. */
class RecordKeeper {
  readonly #stateDir: string;
  readonly #progress: Progress;
  #record: RunRecord;

  constructor(stateDir: string, { record, progress }: { record: RunRecord; progress: Progress }) {
    this.#stateDir = stateDir;
    this.#record = record;
    this.#progress = progress;
  }

  /** A full disk must not end what runs: then status and stop know less, and it is told. */
  update(change: Partial<RunRecord>): void {
    this.#record = { ...this.#record, ...change };
    try {
      writeRunRecord(this.#stateDir, this.#record);
    } catch (error) {
      this.#progress({ kind: 'note', text: `What runs can't be recorded: ${(error as Error).message}` });
    }
  }
}

function fleetOptions(
  { stateDir, ports, given }: LocalSettings,
  { env, progress, signal, onParts }: RunOptions,
  record: RecordKeeper,
): FleetOptions {
  return {
    stateDir,
    ports,
    given,
    env,
    progress,
    signal,
    providers: { kind: 'environment', env },
    durability: 'synced',
    onDeath: 'restart',
    onChange: (parts) => {
      onParts(parts);
      record.update(recordParts(parts));
    },
  };
}

async function endLeft(
  stateDir: string,
  { previous, progress }: { previous: RunRecord | undefined; progress: Progress },
): Promise<void> {
  const ended = await endLeftovers(stateDir, previous);
  if (ended.length === 0) return;
  progress({ kind: 'note', text: `Ended what an earlier start had left: ${ended.join(', ')}` });
}

async function refuseTakenPorts({ ports, given }: LocalSettings): Promise<void> {
  const taken = await portsInUse(plannedPorts(ports, given));
  if (taken.length > 0) throw new StartError(taken.join('\n'));
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  // A promise alone keeps no process alive: the supervised ones are in sessions of their own.
  const alive = setInterval(() => {}, 60_000);
  return new Promise((resolve) => {
    const end = () => {
      clearInterval(alive);
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
  });
}
