import { readFileSync } from 'node:fs';
import { readOptions } from './read-settings.ts';
import type { SimulatorOptions } from './simulator-options.ts';
import { SimulatorOptionsError } from './simulator-options-error.ts';

/**
 * Reads the options of the process: `SIMULATOR_CONFIG` (JSON, or the path of a JSON file) with `SIMULATOR_HOST`
 * and `SIMULATOR_PORT` in front of what it says.
 *
 * @throws SimulatorOptionsError naming the variable or the field.
 */
export function optionsFromEnvironment(env: Readonly<Record<string, string | undefined>>): SimulatorOptions {
  const { SIMULATOR_CONFIG: config, SIMULATOR_HOST: host, SIMULATOR_PORT: port } = env;
  return readOptions({
    ...(config ? readConfig(config) : {}),
    ...(host ? { host } : {}),
    ...(port ? { port: readPort(port) } : {}),
  });
}

function readConfig(config: string): object {
  const text = config.trimStart().startsWith('{') ? config : readConfigFile(config);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw wrong('SIMULATOR_CONFIG', `is not valid JSON: ${(cause as Error).message}`);
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw wrong('SIMULATOR_CONFIG', 'must be a JSON object');
}

function readConfigFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw wrong(
      'SIMULATOR_CONFIG',
      `is neither JSON nor a file that can be read: ${(cause as Error).message}`,
    );
  }
}

function readPort(port: string): number {
  if (/^\d{1,5}$/.test(port)) return Number(port);
  throw wrong('SIMULATOR_PORT', `must be a port number, not '${port}'`);
}

function wrong(field: string, message: string): SimulatorOptionsError {
  return new SimulatorOptionsError([{ field, message }]);
}
