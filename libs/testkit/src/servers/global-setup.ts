import type { TestProject } from 'vitest/node';
import { openServerBroker } from './shared/server-broker.ts';

/** vitest's global setup: servers start when a test file first asks for them, and end with the run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const broker = await openServerBroker();
  project.provide('switchyardServers', broker.socketPath);
  return () => broker.close();
}
