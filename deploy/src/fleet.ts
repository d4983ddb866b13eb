import type { FleetOptions } from './fleet/fleet-options.ts';
import { prepareFleet } from './fleet/prepare-fleet.ts';
import { RunningFleet } from './fleet/running-fleet.ts';

export type { DegradedPart } from './fleet/await-settled.ts';
export type { FleetOptions, FleetParts, ProviderSource } from './fleet/fleet-options.ts';
export type { RunningFleet } from './fleet/running-fleet.ts';
export type { ServiceName } from './fleet/service-table.ts';
export type { Servers } from './fleet/start-servers.ts';
export type { ManagedProcess } from './process/managed-process.ts';
export { StartError } from './start-error.ts';

/**
 * Starts a whole installation: NATS, PostgreSQL and Redis, the services and the provider simulator, each as a process of
 * its own, and registers providers. `startFleet()` is one for a test, on free ports, in a temporary folder.
 *
 * @throws StartError in a sentence that says what to do, ConfigError with every wrong variable; nothing is left running
 */
export async function startFleet(options: FleetOptions = {}): Promise<RunningFleet> {
  const fleet = new RunningFleet(await prepareFleet(options), options);
  try {
    await fleet.start();
    return fleet;
  } catch (error) {
    await fleet.stop();
    throw error;
  }
}
