import type { ServerHandle, ServerKind } from '../server-handle.ts';

/** PostgreSQL for a test file. */
export interface TestPostgres {
  /** Superuser URL of the database `postgres`. */
  readonly url: string;
  /**
   * Creates an empty database, dropped at the end of the file.
   * @returns its superuser URL. Roles belong to the whole server: give them unique names.
   */
  createDatabase(): Promise<string>;
}

/** NATS with JetStream for a test file. */
export interface TestNats {
  readonly url: string;
  /**
   * Use it as the installation prefix of subjects, streams and buckets: no other test file has it, and what carries it is removed at the end
   * of the file. One subject token of letters and digits.
   */
  readonly prefix: string;
}

/** Redis for a test file. */
export interface TestRedis {
  /** URL with a database number that no other test file has; empty at the start. Don't FLUSHALL a shared server. */
  readonly url: string;
}

export interface TestServerByKind {
  readonly postgres: TestPostgres;
  readonly nats: TestNats;
  readonly redis: TestRedis;
}

/**
 * Which servers a test file needs. `true`: the run's shared server, with state of one's own. `'own'`: a process of
 * the file's own, for tests that kill, freeze or reconfigure it.
 */
export type ServersWanted = { readonly [Kind in ServerKind]?: true | 'own' };

/** The servers asked for; those asked for with `'own'` have `server` to kill and restart. */
export type TestServers<Wanted extends ServersWanted> = {
  readonly [Kind in keyof Wanted & ServerKind]: Wanted[Kind] extends 'own'
    ? TestServerByKind[Kind] & { readonly server: ServerHandle }
    : TestServerByKind[Kind];
};
