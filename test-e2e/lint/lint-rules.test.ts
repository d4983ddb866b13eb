import { globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareFindings, type Finding, parseFixture, readFixture } from './fixture.ts';
import { lintWithBiome, lintWithOxlint, ROOT } from './linters.ts';

const FIXTURES = 'test-e2e/lint/fixtures';
const written = globSync(`${FIXTURES}/**/*.ts`, { cwd: ROOT })
  .sort()
  .map((path) => ({ path, ...readFixture(join(ROOT, path)) }));
const all = [...written, { path: 'a file of 401 lines', ...parseFixture(longFile()) }];
const placed = all.flatMap((fixture) =>
  fixture.lintAs === undefined ? [] : [{ ...fixture, lintAs: fixture.lintAs }],
);
const typed = all.filter(({ lintAs }) => lintAs === undefined);

describe('each fixture is found guilty of exactly what it says, line by line', () => {
  let found: ReadonlyMap<string, readonly Finding[]>;

  beforeAll(() => {
    found = lintWithBiome(new Map(placed.map(({ lintAs, text }) => [lintAs, text])));
  });

  test('no two fixtures take the same place', () => {
    const places = placed.map(({ lintAs }) => lintAs);
    expect(places).toEqual([...new Set(places)]);
  });

  test.each(placed)('$path', ({ lintAs, expected }) => {
    const { expected: should, found: is } = compareFindings(expected, found.get(lintAs) ?? []);
    expect(is).toEqual(should);
  });
});

describe('the same for the rules that need types', () => {
  let found: ReadonlyMap<string, readonly Finding[]>;

  beforeAll(() => {
    found = lintWithOxlint(typed.map(({ path }) => path));
  });

  test.each(typed)('$path', ({ path, expected }) => {
    const { expected: should, found: is } = compareFindings(expected, found.get(path) ?? []);
    expect(is).toEqual(should);
  });
});

describe('every rule that we set is proven by a fixture that breaks it', () => {
  const proven = new Set(all.flatMap(({ expected }) => expected.map(({ rule }) => rule)));

  test.each(readdirSync(join(ROOT, 'test-e2e/lint/rules')))('%s', (file) => {
    expect(proven).toContain(basename(file, '.grit'));
  });

  test.each(configuredRules())('%s', (rule) => {
    expect(proven).toContain(rule);
  });
});

/** Not kept as a file, so that the project has none of that length. */
function longFile(): string {
  const first = '// lint-as: services/routing/src/rpc/long-file.ts';
  const second = 'export const n2 = 2; // expect: noExcessiveLinesPerFile';
  const others = Array.from({ length: 399 }, (_, index) => `export const n${index + 3} = ${index + 3};`);
  return `${[first, second, ...others].join('\n')}\n`;
}

/** Rules that the two configurations name, without their groups. */
function configuredRules(): string[] {
  const biome = readJson('biome.json') as {
    linter: { rules: Record<string, string | Record<string, unknown>> };
  };
  const groups = Object.values(biome.linter.rules).filter((group) => typeof group === 'object');
  const oxlint = readJson('test-e2e/lint/oxlint.json') as { rules: Record<string, unknown> };
  return [
    ...groups.flatMap((group) => Object.keys(group)),
    ...Object.keys(oxlint.rules).map((name) => name.slice(name.indexOf('/') + 1)),
  ];
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}
