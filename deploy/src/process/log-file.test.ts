import { appendFile, mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { boundLog, rotateLog } from './log-file.ts';

let folder = '';
let file = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-log-'));
  file = join(folder, 'logs', 'routing.log');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

it('keeps the logs of the last three starts', async () => {
  for (const start of ['first', 'second', 'third', 'fourth', 'fifth']) {
    await rotateLog(file);
    await appendFile(file, start);
  }
  expect((await readdir(join(folder, 'logs'))).sort()).toEqual([
    'routing.log',
    'routing.log.1',
    'routing.log.2',
    'routing.log.3',
  ]);
  expect(await readFile(file, 'utf8')).toBe('fifth');
  expect(await readFile(`${file}.1`, 'utf8')).toBe('fourth');
  expect(await readFile(`${file}.3`, 'utf8')).toBe('second');
});

it('cuts a log that grows too large while its process goes on writing to it', async () => {
  await rotateLog(file);
  const writer = await open(file, 'a');
  try {
    await writer.write('x'.repeat(2_000));
    expect(await boundLog(file, 4_000)).toBe('kept');
    await writer.write('y'.repeat(3_000));
    expect(await boundLog(file, 4_000)).toBe('cut');
    await writer.write('after');
    expect(await readFile(file, 'utf8')).toBe('after');
    expect(await readFile(`${file}.1`, 'utf8')).toHaveLength(5_000);
  } finally {
    await writer.close();
  }
});
