import { randomBytes } from 'node:crypto';
import { GIVEN_VARIABLES, givenUrl } from '../environment.ts';
import { startNats, startPostgres, startRedis } from '../index.ts';
import type { ServerHandle, ServerKind } from '../server-handle.ts';
import { askBroker } from './ask-broker.ts';
import { leaseRedisDatabase } from './redis-database.ts';
import { removeStreams } from './remove-streams.ts';
import { createTestDatabases } from './test-databases.ts';
import type { TestNats, TestPostgres, TestRedis, TestServerByKind } from './test-server.ts';

/** Where a test file's server comes from. */
export interface TestServerRequest {
  /** Socket of the run's broker; undefined outside a run that has one. */
  readonly brokerSocket: string | undefined;
  /** `'shared'`: one for the run. `'own'`: a process for this file alone, even when servers are given. */
  readonly mode: 'shared' | 'own';
  /** Collects what has to be done at the end of the file, in reverse order. */
  readonly cleanups: (() => Promise<void>)[];
}

type Found = { readonly url: string; readonly server?: ServerHandle };

/** @throws when the server can't be had; the text says how to get it */
export async function openTestServer<Kind extends ServerKind>(
  kind: Kind,
  request: TestServerRequest,
): Promise<TestServerByKind[Kind]>;
export async function openTestServer(kind: ServerKind, request: TestServerRequest): Promise<unknown> {
  const found = await find(kind, request);
  switch (kind) {
    case 'postgres':
      return openPostgres(found, request);
    case 'nats':
      return openNats(found, request);
    case 'redis':
      return openRedis(found, request);
    default:
      return kind satisfies never;
  }
}

async function find(kind: ServerKind, request: TestServerRequest): Promise<Found> {
  const { brokerSocket, mode, cleanups } = request;
  if (mode === 'shared' && brokerSocket !== undefined) return askBroker(brokerSocket, kind);
  const start = { nats: startNats, postgres: startPostgres, redis: startRedis }[kind];
  const server = await start(
    mode === 'own' ? {} : { given: givenUrl(kind), givenName: GIVEN_VARIABLES[kind] },
  );
  cleanups.push(() => server.stop());
  return mode === 'own' ? { url: server.url, server } : { url: server.url };
}

function openPostgres(found: Found, { cleanups }: TestServerRequest): TestPostgres {
  const databases = createTestDatabases(found.url);
  // A server of the file's own goes with everything in it, and may be down by then.
  if (found.server === undefined) cleanups.push(() => databases.dropAll());
  return { ...found, createDatabase: () => databases.create() };
}

function openNats(found: Found, { cleanups }: TestServerRequest): TestNats {
  const prefix = `t${randomBytes(6).toString('hex')}`;
  if (found.server === undefined) cleanups.push(() => removeStreams(found.url, prefix));
  return { ...found, prefix };
}

async function openRedis(found: Found, { cleanups }: TestServerRequest): Promise<TestRedis> {
  if (found.server !== undefined) return found;
  const database = await leaseRedisDatabase(found.url);
  cleanups.push(() => database.release());
  return { url: database.url };
}
