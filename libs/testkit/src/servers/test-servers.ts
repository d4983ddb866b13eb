import type { ServerHandle, ServerKind } from './server-handle.ts';

/**
 * Which servers a test file needs. `true`: the run's shared server, with state of one's own. `'own'`: a process of
 * the file's own, for tests that kill, freeze or reconfigure it.
 */
export interface ServersWanted {
  readonly postgres?: true | 'own';
  readonly nats?: true | 'own';
  readonly redis?: true | 'own';
}

export interface TestPostgres {
  /** Superuser URL of the database `postgres`. */
  readonly url: string;
  /** Creates an empty database and returns its superuser URL. Roles belong to the whole server: give them unique names. */
  createDatabase(): Promise<string>;
}

export interface TestNats {
  readonly url: string;
  /** Use it as the installation prefix of subjects, streams and buckets: no other test file has it. */
  readonly prefix: string;
}

export interface TestRedis {
  /** URL with a database number that no other test file has; empty at the start. */
  readonly url: string;
}

interface TestServerByKind {
  readonly postgres: TestPostgres;
  readonly nats: TestNats;
  readonly redis: TestRedis;
}

/** The servers asked for; those asked for with `'own'` have `server` to kill and restart. */
export type TestServers<Wanted extends ServersWanted> = {
  readonly [Kind in keyof Wanted & ServerKind]: Wanted[Kind] extends 'own'
    ? TestServerByKind[Kind] & { readonly server: ServerHandle }
    : TestServerByKind[Kind];
};

/**
 * Gives a vitest file its servers: registers `beforeAll` and `afterAll` hooks. Read the properties inside tests and
 * hooks only. Fails, never skips, when a server can't be had, and says how to get it.
 */
export function useServers<const Wanted extends ServersWanted>(_wanted: Wanted): TestServers<Wanted> {
  throw new Error('in work');
}
