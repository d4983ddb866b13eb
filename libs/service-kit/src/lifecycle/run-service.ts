import type { Env } from '../config/env-reader.ts';
import { ConfigError } from '../config/env-reader.ts';
import type { Logger } from '../telemetry/logger.ts';

/** A service that runs. */
export interface RunningService extends AsyncDisposable {
  readonly log: Logger;
  /** Where it listens, for the line it prints when it is ready. */
  readonly addresses: Readonly<Record<string, string>>;
}

/** What `main.ts` hands over. */
export interface RunServiceOptions<C> {
  readonly name: string;
  readonly env: Env;
  readonly parseConfig: (env: Env) => C;
  readonly start: (config: C) => Promise<RunningService>;
  /** Ends the process; `main.ts` hands `process.exit` in. */
  readonly exit: (code: number) => void;
}

/** Config → start → wait for a signal → drain. A second signal ends at once. */
export async function runService<C>({
  name,
  env,
  parseConfig,
  start,
  exit,
}: RunServiceOptions<C>): Promise<void> {
  // As the first process of a container it would not hear a signal before this.
  const signalled = nextSignal();
  let service: RunningService;
  try {
    service = await start(parseConfig(env));
  } catch (error) {
    const text = error instanceof ConfigError ? error.message : ((error as Error).stack ?? String(error));
    process.stderr.write(`${name}: cannot start: ${text}\n`);
    exit(1);
    return;
  }
  service.log.info({ addresses: service.addresses }, 'ready');
  const failed = (error: unknown) => {
    service.log.fatal({ err: error }, 'a failure that nobody handled; exiting');
    exit(1);
  };
  process.on('uncaughtException', failed);
  process.on('unhandledRejection', failed);
  const signal = await signalled;
  process.once('SIGTERM', () => exit(1));
  process.once('SIGINT', () => exit(1));
  service.log.info({ signal }, 'draining');
  await service[Symbol.asyncDispose]();
  exit(0);
}

function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}
