import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ADVISORY_LOCKS } from './advisory-locks.ts';

it('gives each idea a lock of its own, apart from those in migrations', () => {
  const numbers = [...Object.values(ADVISORY_LOCKS), 7_246_001, 7_246_002];
  expect(new Set(numbers).size).toBe(numbers.length);
});

it('is where every number of a lock stands', async () => {
  const sources = fileURLToPath(new URL('..', import.meta.url));
  const files = (await readdir(sources, { recursive: true })).filter(
    (file) => file.endsWith('.ts') && !file.includes('advisory-locks'),
  );
  expect(files.length).toBeGreaterThan(100);
  for (const file of files)
    expect(await readFile(`${sources}/${file}`, 'utf8'), file).not.toMatch(/7_?246_?0\d\d/);
});
