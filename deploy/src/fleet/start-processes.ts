import type { Progress } from '../output/progress.ts';
import { rotateLog } from '../process/log-file.ts';
import { ManagedProcess, type ProcessEvents, type ProcessSpec } from '../process/managed-process.ts';
import { inStopOrder } from './stop-order.ts';

/** Starts processes side by side. @throws what the first one threw; those that run are the caller's to stop */
export async function startProcesses(
  specs: readonly ProcessSpec[],
  options: {
    readonly events: ProcessEvents;
    readonly progress: Progress;
    readonly signal: AbortSignal;
    /** Told of each process before it is started. */
    readonly onCreated: (process: ManagedProcess) => void;
  },
): Promise<void> {
  const { events, progress, signal, onCreated } = options;
  const starts = specs.map(async (spec) => {
    const process = new ManagedProcess(spec, events);
    onCreated(process);
    const task = spec.name;
    progress({ kind: 'working', task, text: `Starting ${spec.name}` });
    try {
      await rotateLog(spec.logFile);
      await process.start(signal);
      progress({ kind: 'done', task, text: `${spec.name} at ${placesOf(spec)}` });
    } catch (error) {
      progress({ kind: 'failed', task, text: `Starting ${spec.name}` });
      throw error;
    }
  });
  // All are awaited before one may fail: what has started by then is known and can be stopped.
  const failed = (await Promise.allSettled(starts)).find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Where a process listens, for people. */
export function placesOf({ grpcAddress, httpUrl }: ProcessSpec): string {
  return [grpcAddress === undefined ? undefined : `gRPC ${grpcAddress}`, httpUrl]
    .filter((place) => place !== undefined)
    .join(', ');
}

/** Ends processes, those that others need after those others. */
export async function stopProcesses(processes: readonly ManagedProcess[], progress: Progress): Promise<void> {
  for (const group of inStopOrder(processes)) {
    await Promise.all(group.map((process) => stopOne(process, progress)));
  }
}

async function stopOne(process: ManagedProcess, progress: Progress): Promise<void> {
  const task = process.name;
  progress({ kind: 'working', task, text: `Draining ${process.name}` });
  const outcome = await process.stop();
  const texts = {
    ended: `${process.name} has ended`,
    down: `${process.name} was down`,
    killed: `${process.name} did not end in time and was killed`,
  };
  progress({ kind: outcome === 'killed' ? 'failed' : 'done', task, text: texts[outcome] });
}
