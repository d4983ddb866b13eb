import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import type { Finding } from './fixture.ts';

export const ROOT = resolve(import.meta.dirname, '../..');
const BIN = join(ROOT, 'node_modules/.bin');
/** Where a finding about a file as a whole is counted. */
const FIRST_LINE = 1;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

type Findings = ReadonlyMap<string, readonly Finding[]>;

/** Runs biome with the project's own configuration over files laid out in an empty folder. Path → findings. */
export function lintWithBiome(files: ReadonlyMap<string, string>): Findings {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-lint-'));
  try {
    cpSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
    cpSync(join(ROOT, 'test-e2e/lint/rules'), join(folder, 'test-e2e/lint/rules'), { recursive: true });
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const options = ['--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', '.'];
    const { diagnostics } = run({ program: 'biome', args: ['lint', ...options], folder }) as BiomeReport;
    return groupByPath(diagnostics.map((d) => [d.location.path, biomeFinding(d)]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the type-aware linter over files where they are, because it needs the types of what they import. */
export function lintWithOxlint(paths: readonly string[]): Findings {
  const args = ['--type-aware', '-c', 'test-e2e/lint/oxlint.json', '--format=json', ...paths];
  const { diagnostics } = run({ program: 'oxlint', args, folder: ROOT }) as OxlintReport;
  return groupByPath(
    diagnostics.map(({ filename, code, message, labels }) => {
      const rule = /\((.+)\)/.exec(code)?.[1] ?? code;
      return [
        relative(ROOT, resolve(ROOT, filename)),
        { line: labels[0]?.span.line ?? FIRST_LINE, rule, message },
      ];
    }),
  );
}

interface BiomeDiagnostic {
  readonly category: string;
  readonly message: string;
  readonly advices?: readonly { readonly message?: string }[];
  readonly location: { readonly path: string; readonly start?: { readonly line: number } };
}

interface BiomeReport {
  readonly diagnostics: readonly BiomeDiagnostic[];
}

interface OxlintReport {
  readonly diagnostics: readonly {
    readonly filename: string;
    readonly code: string;
    readonly message: string;
    readonly labels: readonly { readonly span: { readonly line: number } }[];
  }[];
}

function biomeFinding({ category, message, advices = [], location }: BiomeDiagnostic): Finding {
  const ownRule = category === 'plugin' ? message.split(':')[0] : undefined;
  return {
    line: Math.max(location.start?.line ?? FIRST_LINE, FIRST_LINE),
    rule: ownRule ?? category.slice(category.lastIndexOf('/') + 1),
    message: [message, ...advices.map((advice) => advice.message ?? '')].join(' '),
  };
}

function run({
  program,
  args,
  folder,
}: {
  program: string;
  args: readonly string[];
  folder: string;
}): unknown {
  const { stdout, stderr, error } = spawnSync(join(BIN, program), args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
    timeout: 60_000,
  });
  if (error !== undefined) throw error;
  try {
    return JSON.parse(stdout);
  } catch (cause) {
    throw new Error(`${program} gave no report: ${stdout.slice(0, 2000)} ${stderr.slice(0, 2000)}`, {
      cause,
    });
  }
}

function groupByPath(entries: readonly (readonly [path: string, finding: Finding])[]): Findings {
  const groups = new Map<string, Finding[]>();
  for (const [path, finding] of entries) groups.set(path, [...(groups.get(path) ?? []), finding]);
  return groups;
}
