import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { RunningFleet } from '@switchyard/deploy';
import { connect } from 'nats';
import type { Place } from './canaries.ts';
import { queryFleet } from './ledger-rows.ts';

/** Files that are there to hold secrets, each readable by its owner alone, and the databases' own files. */
const SECRET_FILES = /^(secrets\/|identity\.json$|data\/(postgres|nats|redis)\/)/;

/** Everything that a fleet has written down: logs, metrics, tables, files, environments of processes. */
export async function writtenPlaces(fleet: RunningFleet): Promise<Place[]> {
  const places = await Promise.all([
    logs(fleet),
    metrics(fleet),
    tables(fleet),
    files(fleet.stateDir),
    environments(fleet),
  ]);
  return places.flat();
}

async function logs({ processes, servers }: RunningFleet): Promise<Place[]> {
  const ofProcesses = processes.map(async (process) => ({
    name: `log of ${process.name}`,
    content: await process.logs(),
  }));
  const ofServers = Object.values(servers).flatMap(({ kind, logFile }) =>
    logFile === undefined ? [] : [readFile(logFile).then((content) => ({ name: `log of ${kind}`, content }))],
  );
  return Promise.all([...ofProcesses, ...ofServers]);
}

async function metrics({ processes }: RunningFleet): Promise<Place[]> {
  const services = processes.filter(({ spec }) => spec.opsUrl !== undefined);
  return Promise.all(
    services.flatMap(({ name, opsUrl }) =>
      ['/metrics', '/readyz'].map(async (path) => ({
        name: `${path} of ${name}`,
        content: await (await fetch(`${opsUrl}${path}`)).text(),
      })),
    ),
  );
}

/** Every row as text: PostgreSQL writes bytea as hexadecimal. */
async function tables(fleet: RunningFleet): Promise<Place[]> {
  const names = await queryFleet<{ name: string }>(
    fleet,
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'`,
  );
  return Promise.all(
    names.map(async ({ name }) => {
      const rows = await queryFleet<{ row: string }>(fleet, `SELECT t::text AS row FROM ${name} t`);
      return { name: `table ${name}`, content: rows.map(({ row }) => row).join('\n') };
    }),
  );
}

/** A file that was put in place of another one after the folder was read is looked for again. */
async function files(folder: string, tries = 5): Promise<Place[]> {
  try {
    return await readFiles(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries === 1) throw error;
    return files(folder, tries - 1);
  }
}

async function readFiles(folder: string): Promise<Place[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !SECRET_FILES.test(relative(folder, path)));
  return Promise.all(
    paths.map(async (path) => ({ name: `file ${relative(folder, path)}`, content: await readFile(path) })),
  );
}

/** Other programs of the same user can read it; children inherit it. */
async function environments({ processes }: RunningFleet): Promise<Place[]> {
  return Promise.all(
    processes.flatMap(({ name, pid }) =>
      ['environ', 'cmdline'].map(async (file) => ({
        name: `${file} of ${name}`,
        content: await readFile(`/proc/${pid}/${file}`).catch(() => ''),
      })),
    ),
  );
}

/** Hears every message on the bus until it is disposed, its headers included. */
export async function hearBus(url: string): Promise<{ readonly places: Place[] } & AsyncDisposable> {
  const { host, username, password } = new URL(url);
  const connection = await connect({
    servers: host,
    ...(username === '' ? {} : { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
  });
  const places: Place[] = [];
  connection.subscribe('>', {
    callback: (_, { subject, data, headers }) => {
      const head = headers === undefined ? '' : [...headers].flat(2).join(' ');
      places.push({
        name: `message on ${subject}`,
        content: Buffer.concat([Buffer.from(`${head}\n`), data]),
      });
    },
  });
  await connection.flush();
  return { places, [Symbol.asyncDispose]: () => connection.close() };
}
