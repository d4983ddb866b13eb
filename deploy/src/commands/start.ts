import { relative } from 'node:path';
import type { Env } from '@switchyard/service-kit';
import { waitUntil } from '@switchyard/testkit/processes';
import { placesOf } from '../fleet/start-processes.ts';
import { SERVER_KINDS, SERVER_NAMES, stopLeftServers } from '../fleet/start-servers.ts';
import type { FleetParts, RunningFleet } from '../fleet.ts';
import type { Progress } from '../output/progress.ts';
import { renderSummary, type Summary } from '../output/summary.ts';
import { readStateDir } from '../settings/local-settings.ts';
import { runInstallation } from './run-installation.ts';
import { onStopSignals } from './stop-signals.ts';

export interface StartOptions {
  readonly env: Env;
  readonly progress: Progress;
  /** How it is ended, for people. */
  readonly ending: string;
  /** Takes the text that is told when everything is ready. */
  readonly onReady: (summary: string) => void;
  readonly exit: (code: number) => never;
}

/** Exit code of a program that was ended by Ctrl-C. */
const INTERRUPTED = 130;
/** Servers may take this long after a second Ctrl-C; what a harder end leaves is found by the next start. */
const END_NOW_MS = 3_000;
/** After SIGKILL the kernel needs a moment, longer on a busy machine. */
const KILL_WAIT_MS = 5_000;

/** Starts everything, stays, and drains at the first Ctrl-C or SIGTERM; a second one ends everything at once. */
export async function start({ env, progress, ending, onReady, exit }: StartOptions): Promise<void> {
  const startedAtMs = performance.now();
  const stop = new AbortController();
  const stateDir = readStateDir(env);
  let parts: FleetParts = { servers: undefined, processes: [] };
  onStopSignals({
    drain: () => {
      progress({ kind: 'note', text: 'Stopping; Ctrl-C once more ends everything at once' });
      stop.abort();
    },
    now: () => void endNow(parts, stateDir).then(() => exit(INTERRUPTED)),
  });
  await runInstallation({
    env,
    progress,
    signal: stop.signal,
    onParts: (changed) => {
      parts = changed;
    },
    onReady: (fleet) => {
      const seconds = (performance.now() - startedAtMs) / 1_000;
      onReady(renderSummary(summaryOf(fleet, { seconds, ending })));
    },
  });
}

async function endNow({ processes }: FleetParts, stateDir: string): Promise<void> {
  for (const process of processes) process.killNow();
  const limit = new Promise((resolve) => setTimeout(resolve, END_NOW_MS));
  await Promise.race([stopLeftServers(stateDir).catch(() => {}), limit]);
  const gone = () => (processes.some((process) => process.lives) ? undefined : true);
  await waitUntil({ ask: gone, timeoutMs: KILL_WAIT_MS });
}

function summaryOf(fleet: RunningFleet, { seconds, ending }: Pick<Summary, 'seconds' | 'ending'>): Summary {
  const { servers, processes, providers, degraded, notes, httpUrl, grpcAddress, apiKey, stateDir } = fleet;
  return {
    seconds,
    places: [
      ...processes.map(({ name, spec }) => [name, placesOf(spec)] as const),
      ...SERVER_KINDS.map(
        (kind) => [SERVER_NAMES[kind], `${servers[kind].host}:${servers[kind].port}`] as const,
      ),
      ['logs', relativeTo(`${stateDir}/logs`)] as const,
    ],
    providers: providers?.providers ?? [],
    configured: providers?.configured ?? [],
    httpUrl,
    grpcAddress,
    apiKey,
    devEnvFile: relativeTo(`${stateDir}/dev.env`),
    notes: [
      ...notes,
      ...(providers?.problems ?? []),
      ...degraded.map(({ process, part, detail }) => `${process}: ${part} is not in order: ${detail}`),
    ],
    ending,
  };
}

/** A path as short as it can be typed here. */
function relativeTo(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
