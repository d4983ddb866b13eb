import { afterAll, beforeAll, inject } from 'vitest';
import type { ServerKind } from './server-handle.ts';
import { FIRST_START_TIMEOUT_MS } from './shared/ask-broker.ts';
import { openTestServer } from './shared/open-test-server.ts';
import type { ServersWanted, TestServers } from './shared/test-server.ts';

export type { ServersWanted, TestNats, TestPostgres, TestRedis, TestServers } from './shared/test-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Unix socket of the run's server broker. */
    switchyardServers: string;
  }
}

const STOP_TIMEOUT_MS = 60_000;

/**
 * Gives a vitest file its servers: registers `beforeAll` and `afterAll` hooks. Read the properties inside tests and
 * hooks only. Fails, never skips, when a server can't be had, and says how to get it.
 */
export function useServers<const Wanted extends ServersWanted>(wanted: Wanted): TestServers<Wanted> {
  const open = new Map<ServerKind, unknown>();
  const cleanups: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    // Outside a run with our global setup there is no broker: each file has servers of its own then.
    const brokerSocket: string | undefined = inject('switchyardServers');
    const openings = kindsOf(wanted).map(async (kind) => {
      const mode = wanted[kind] === 'own' ? 'own' : 'shared';
      open.set(kind, await openTestServer(kind, { brokerSocket, mode, cleanups }));
    });
    // All of them are awaited before one may fail: what has started by then is stopped below.
    for (const result of await Promise.allSettled(openings)) {
      if (result.status === 'rejected') throw result.reason;
    }
  }, FIRST_START_TIMEOUT_MS);

  afterAll(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  }, STOP_TIMEOUT_MS);

  const servers = {};
  for (const kind of kindsOf(wanted)) Object.defineProperty(servers, kind, { get: () => opened(open, kind) });
  return servers as TestServers<Wanted>;
}

function kindsOf(wanted: ServersWanted): ServerKind[] {
  return (Object.keys(wanted) as ServerKind[]).filter((kind) => wanted[kind] !== undefined);
}

function opened(open: ReadonlyMap<ServerKind, unknown>, kind: ServerKind): unknown {
  if (!open.has(kind))
    throw new Error(`useServers: read \`${kind}\` inside tests and hooks, once it has started`);
  return open.get(kind);
}
