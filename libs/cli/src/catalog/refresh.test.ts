import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mirrorOrigins, type Origins, SNAPSHOT_PATH } from '@switchyard/llm/catalog-refresh';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Output } from '../output/output.ts';
import { runCli } from '../run-cli.ts';
import { refresh } from './refresh.ts';

/** True rows of the five sources. */
const EXCERPT = join(SNAPSHOT_PATH, '../../../catalog/testing/excerpt');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchyard-catalog-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]) {
  let out = '';
  let err = '';
  const code = await runCli({
    args: ['catalog', 'refresh', '--day', '2026-08-21', ...args],
    env: {},
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
    signal: AbortSignal.timeout(20_000),
  });
  return { code, out, err };
}

/** A snapshot of the excerpt, so that the next refresh has something to be compared with. */
async function firstSnapshot(): Promise<string> {
  const file = join(folder, 'snapshot.json');
  expect(await run('--from-file', EXCERPT, '--output', file, '--allow-shrink', '0')).toMatchObject({
    code: 0,
  });
  return file;
}

/** The excerpt, to be changed. */
function copyExcerpt(): string {
  const copy = join(folder, 'raw');
  cpSync(EXCERPT, copy, { recursive: true });
  return copy;
}

test('a snapshot is made of files, without a key or a connection, and a second time nothing changes', async () => {
  const file = await firstSnapshot();
  const before = readFileSync(file, 'utf8');
  const { code, out } = await run('--from-file', EXCERPT, '--output', file);
  expect(code).toBe(0);
  expect(out).toContain('Compared 30 random offerings with their sources: all are equal.');
  expect(out).toContain('0 offerings more, 0 fewer; 0 prices and 0 other facts change.');
  expect(out).toMatch(/openai\/gpt-audio-mini inputAudio: .*portkey \$1\b.*most say \$10\n/);
  expect(readFileSync(file, 'utf8')).toBe(before);
});

test('what would shrink the present snapshot is shown and refused, and it stays', async () => {
  const bundled = readFileSync(SNAPSHOT_PATH, 'utf8');
  const file = join(folder, 'snapshot.json');
  writeFileSync(file, bundled);
  const { code, out, err } = await run('--from-file', EXCERPT, '--output', file);
  expect(code).toBe(1);
  expect(out).toMatch(/Against the present snapshot: 0 offerings more, \d{4} fewer/);
  expect(err).toMatch(
    /^refused: .*only \d+ of \d+ offerings would be left; .*--allow-shrink 50; .* stays as it is\n$/s,
  );
  expect(readFileSync(file, 'utf8')).toBe(bundled);
});

test('a dry run shows what would change, and writes nothing', async () => {
  const file = await firstSnapshot();
  const before = readFileSync(file, 'utf8');
  const raw = copyExcerpt();
  const path = join(raw, 'pi-ai/groq.json');
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll('openai/gpt-oss-120b', 'openai/gpt-oss-999b'));
  const { code, out } = await run('--from-file', raw, '--output', file, '--dry-run');
  expect(code).toBe(0);
  expect(out).toContain('  + groq/openai/gpt-oss-999b\n');
  expect(out).toContain('Nothing is written: this was a dry run.\n');
  expect(readFileSync(file, 'utf8')).toBe(before);
});

test('a file that was cut off is named, and the snapshot stays', async () => {
  const file = await firstSnapshot();
  const before = readFileSync(file, 'utf8');
  const raw = copyExcerpt();
  truncateSync(join(raw, 'models.dev_api.json'), 1_000);
  const { code, err } = await run('--from-file', raw, '--output', file);
  expect(code).toBe(1);
  expect(err).toMatch(/^models\.dev_api\.json is not whole JSON \(1000 characters\)/);
  expect(readFileSync(file, 'utf8')).toBe(before);
});

test('a present snapshot that was cut off is named: nothing is compared with it', async () => {
  const file = await firstSnapshot();
  truncateSync(file, 1_000);
  const { code, err } = await run('--from-file', EXCERPT, '--output', file);
  expect([code, err]).toEqual([1, expect.stringContaining(`the present snapshot ${file} is not whole JSON`)]);
});

test('a directory that is none of theirs is named', async () => {
  const { code, err } = await run('--from-file', folder, '--output', join(folder, 'x.json'));
  expect(code).toBe(1);
  expect(err).toContain(`${join(folder, 'portkey/pricing')} cannot be read`);
});

/** Serves the excerpt as the origins do; what it does not have is 404. */
async function serveExcerpt(broken?: string) {
  const server = createServer(({ url = '' }, response) => {
    const path = join(EXCERPT, url);
    response.statusCode = url === broken ? 500 : existsSync(path) ? 200 : 404;
    response.end(response.statusCode === 200 ? readFileSync(path) : '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origins = mirrorOrigins(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return { origins, [Symbol.dispose]: () => server.close() };
}

const refreshLive = (file: string, origins: Origins) =>
  refresh(
    {
      positionals: ['refresh'],
      options: { output: file, day: '2026-08-21', 'allow-shrink': '0' },
      settings: undefined as never,
      env: {},
      output: new Output({ write: () => undefined }, { json: false }),
      signal: AbortSignal.timeout(20_000),
    },
    origins,
  );

test('from the origins comes what comes from files; a provider that a source dropped is left out', async () => {
  using served = await serveExcerpt();
  const [fromFiles, live] = [await firstSnapshot(), join(folder, 'live.json')];
  await refreshLive(live, served.origins);
  const rowsOf = (file: string) => JSON.parse(readFileSync(file, 'utf8')).offerings.groq;
  expect(rowsOf(live)).toEqual(rowsOf(fromFiles));
});

test('an origin that fails is named', async () => {
  using served = await serveExcerpt('/models.dev_api.json');
  await expect(refreshLive(join(folder, 'live.json'), served.origins)).rejects.toThrow(
    /models\.dev_api\.json cannot be fetched: it answered 500$/,
  );
});
