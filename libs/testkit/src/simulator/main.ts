/** The simulator as a process. See the README for its environment variables. */
import { optionsFromEnvironment } from './options/options-from-environment.ts';
import { startSimulator } from './start-simulator.ts';

/** How long running answers may go on after SIGTERM or SIGINT. */
const GRACE_MS = 10_000;

try {
  const simulator = await startSimulator(optionsFromEnvironment(process.env));
  const { url, providers } = simulator;
  process.stdout.write(`${JSON.stringify({ msg: 'simulator ready', url, providers })}\n`);
  const stop = () => void simulator.close({ graceMs: GRACE_MS });
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
