import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FileSize, structureProblems } from './file-sizes.ts';
import { ROOT } from './linters.ts';

const LIMITS = { maxLines: 400, medianBelow: 120 };
const GENERATED = /(?:^|\/)gen\//;
const FIXTURE = /^test-e2e\/lint\/fixtures\//;

/** Hand-written code: what git tracks or would track. */
function sources(): FileSize[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.mts', '*.mjs'];
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '' && !GENERATED.test(path) && !FIXTURE.test(path))
    .filter((path) => existsSync(join(ROOT, path)))
    .map((path) => ({ path, lines: linesOf(readFileSync(join(ROOT, path), 'utf8')) }));
}

function linesOf(text: string): number {
  return text.split('\n').length - 1;
}

test('the median file is under 120 lines, none is over 400, and every name says something', () => {
  const files = sources();
  expect(files.length).toBeGreaterThan(100); // else git was not asked in the right place
  expect(structureProblems(files, LIMITS)).toEqual([]);
});

describe('the check itself', () => {
  test.each([
    [
      'a file of 401 lines',
      [
        { path: 'a.ts', lines: 401 },
        { path: 'b.ts', lines: 1 },
        { path: 'c.ts', lines: 1 },
      ],
      'a.ts has 401',
    ],
    ['a median of 120 lines', [{ path: 'a.ts', lines: 120 }], 'median file has 120'],
    ['utils.ts', [{ path: 'src/utils.ts', lines: 1 }], 'src/utils.ts: name it'],
    ['string-helpers.test.ts', [{ path: 'src/string-helpers.test.ts', lines: 1 }], 'name it'],
    ['a folder named common', [{ path: 'src/common/money.ts', lines: 1 }], 'name it'],
    ['cache-manager.ts', [{ path: 'src/cache-manager.ts', lines: 1 }], 'name it'],
  ])('sees %s', (_, files, problem) => {
    expect(structureProblems(files, LIMITS)).toEqual([expect.stringContaining(problem)]);
  });

  test('is content with 400 lines, a median of 119 and honest names', () => {
    const files = [
      { path: 'common-name-of-two-words/utilisation.ts', lines: 400 },
      { path: 'src/decide.ts', lines: 119 },
      { path: 'src/help.ts', lines: 3 },
    ];
    expect(structureProblems(files.slice(1), LIMITS)).toEqual([]);
    expect(
      structureProblems([files[1] as FileSize, files[2] as FileSize, { path: 'x.ts', lines: 400 }], LIMITS),
    ).toEqual([]);
  });
});
