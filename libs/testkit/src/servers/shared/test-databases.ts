import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** Databases of one test file on one server. */
export interface TestDatabases {
  /** @returns the URL of a new, empty database */
  create(): Promise<string>;
  /** Drops them, whoever is still connected. */
  dropAll(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** @param adminUrl URL of a user that may create databases */
export function createTestDatabases(adminUrl: string): TestDatabases {
  const names: string[] = [];
  return {
    async create() {
      const name = `t_${randomBytes(8).toString('hex')}`;
      await withClient(adminUrl, (client) => client.query(`CREATE DATABASE ${name}`));
      names.push(name);
      const url = new URL(adminUrl);
      url.pathname = `/${name}`;
      return url.href;
    },
    async dropAll() {
      if (names.length === 0) return;
      await withClient(adminUrl, async (client) => {
        for (const name of names.splice(0))
          await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      });
    },
  };
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on('error', () => {});
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
