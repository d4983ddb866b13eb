import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { GIVEN_VARIABLES, givenUrl } from '../environment.ts';
import { createTemporaryFolder, removeOrphans } from '../launch/server-home.ts';
import type { ServerHandle, ServerKind } from '../server-handle.ts';

/** What a test file is told of a shared server. */
export interface SharedServer {
  readonly url: string;
  readonly source: ServerHandle['source'];
}

/** Starts shared servers for the workers of one test run. */
export interface ServerBroker {
  /** Unix socket that the workers ask at. */
  readonly socketPath: string;
  /** Ends the servers that were started. */
  close(): Promise<void>;
}

/**
 * Opens a broker, which starts a server when the first test file asks for it, and never twice. Workers come and go with their test
 * files; the servers belong to the process that lives as long as the run.
 */
export async function openServerBroker(): Promise<ServerBroker> {
  await removeOrphans();
  const dir = await createTemporaryFolder();
  const socketPath = join(dir, 'broker.sock');
  const servers = new Map<ServerKind, Promise<ServerHandle>>();
  const listener = createServer((request, response) => void answer(servers, request, response));
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject).listen(socketPath, resolve);
  });
  return {
    socketPath,
    async close() {
      await closeListener(listener);
      const started = await Promise.allSettled(servers.values());
      await Promise.all(
        started.map((result) => (result.status === 'fulfilled' ? result.value.stop() : undefined)),
      );
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** `POST /postgres` → `{ url, source }`, or 503 with the reason as text. */
async function answer(
  servers: Map<ServerKind, Promise<ServerHandle>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const kind = request.url?.slice(1);
  try {
    if (!isServerKind(kind)) throw new Error(`there is no server "${kind}"`);
    const started = servers.get(kind) ?? start(kind);
    servers.set(kind, started);
    const { url, source } = await started;
    response.end(JSON.stringify({ url, source } satisfies SharedServer));
  } catch (error) {
    response.writeHead(503).end((error as Error).message);
  }
}

/** The launcher and its drivers are loaded on first demand: a run of pure unit tests doesn't wait for them. */
async function start(kind: ServerKind): Promise<ServerHandle> {
  const { startNats, startPostgres, startRedis } = await import('../index.ts');
  const options = {
    given: givenUrl(kind),
    givenName: GIVEN_VARIABLES[kind],
    onProgress: (text: string) => process.stderr.write(`${text} …\n`),
  };
  switch (kind) {
    case 'nats':
      return startNats(options);
    case 'postgres':
      return startPostgres(options);
    case 'redis':
      return startRedis(options);
    default:
      return kind satisfies never;
  }
}

function isServerKind(text: string | undefined): text is ServerKind {
  return text !== undefined && Object.hasOwn(GIVEN_VARIABLES, text);
}

async function closeListener(listener: Server): Promise<void> {
  const closed = new Promise((resolve) => listener.close(resolve));
  listener.closeAllConnections();
  await closed;
}
