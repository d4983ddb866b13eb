import { endProcess, isAlive } from '@switchyard/testkit/processes';
import { stopLeftServers } from '../fleet/start-servers.ts';
import { inStopOrder } from '../fleet/stop-order.ts';
import type { RunRecord } from './run-record.ts';

const STOP_TIMEOUT_MS = 60_000;

/**
 * Ends what a run has left whose own process was killed: services first, in their order, then servers.
 *
 * @returns names of what was still running
 */
export async function endLeftovers(stateDir: string, record: RunRecord | undefined): Promise<string[]> {
  const running = (record?.processes ?? []).filter(
    ({ process }) => process !== undefined && isAlive(process),
  );
  const ended: string[] = [];
  for (const group of inStopOrder(running)) {
    await Promise.all(
      group.map(async ({ name, process }) => {
        if (process === undefined) return;
        ended.push(name);
        await endProcess(process, [{ signal: 'SIGTERM', waitMs: STOP_TIMEOUT_MS }]);
      }),
    );
  }
  return [...ended, ...(await stopLeftServers(stateDir))];
}
