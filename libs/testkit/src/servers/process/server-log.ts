import { open, rename, stat } from 'node:fs/promises';

/** A log that has grown beyond this is put aside, as `….1`, at the next start. */
const MAX_KEPT_BYTES = 10 * 1024 * 1024;
const TAIL_BYTES = 8 * 1024;
const TAIL_LINES = 15;

export async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

export async function rotateLog(file: string): Promise<void> {
  if ((await sizeOf(file)) > MAX_KEPT_BYTES) await rename(file, `${file}.1`);
}

/** The last lines of a log, at most 15, starting no earlier than `fromByte`. */
export async function tailOfLog(file: string, fromByte = 0): Promise<string> {
  const handle = await open(file, 'r').catch(() => undefined);
  if (handle === undefined) return '';
  try {
    const end = (await handle.stat()).size;
    const start = Math.max(end - TAIL_BYTES, Math.min(fromByte, end));
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(end - start), 0, end - start, start);
    return buffer.toString('utf8', 0, bytesRead).trim().split('\n').slice(-TAIL_LINES).join('\n');
  } finally {
    await handle.close();
  }
}
