import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessIdentity } from '../process/process-identity.ts';
import type { ServerKind, ServerSource } from '../server-handle.ts';

/** What a later process has to know of a server that this one started. Kept after the server's end, for its port. */
export interface ServerRecord {
  readonly kind: ServerKind;
  readonly source: ServerSource;
  readonly version: string;
  readonly port: number;
  /** SHA-256 of the settings it was started with. */
  readonly settingsDigest: string;
  /** The process that started it. */
  readonly owner: ProcessIdentity;
  /** The server's own process; undefined for a container. */
  readonly process: ProcessIdentity | undefined;
}

const recordFile = (dir: string): string => join(dir, 'process.json');

/** The record of a folder; undefined when there is none or it can't be understood. */
export async function readRecord(dir: string): Promise<ServerRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(recordFile(dir), 'utf8')) as ServerRecord;
    return typeof record.kind === 'string' && typeof record.port === 'number' ? record : undefined;
  } catch {
    return undefined;
  }
}

export async function writeRecord(dir: string, record: ServerRecord): Promise<void> {
  const file = recordFile(dir);
  await writeFile(`${file}.new`, JSON.stringify(record), { mode: 0o600 });
  await rename(`${file}.new`, file);
}
