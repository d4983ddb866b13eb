import { readFileSync } from 'node:fs';

/** One finding of a linter, or one that a fixture expects. */
export interface Finding {
  /** 1 for the first line. */
  readonly line: number;
  /** Name of the rule, without its group; for a rule of our own, what its message begins with. */
  readonly rule: string;
  readonly message: string;
}

/** A file that is linted as if it lay somewhere else. */
export interface Fixture {
  readonly text: string;
  /** From `// lint-as: <path>` on the first line; undefined: where it lies. */
  readonly lintAs: string | undefined;
  /** From `// expect: <rule>` or `// expect: <rule> "<part of its message>"` at the end of the line that is wrong. */
  readonly expected: readonly Finding[];
}

const LINT_AS = /^\/\/ lint-as: (\S+)/;
const EXPECT = /\/\/ expect: ([\w-]+)(?: "([^"]+)")?/g;

export function readFixture(path: string): Fixture {
  return parseFixture(readFileSync(path, 'utf8'));
}

export function parseFixture(text: string): Fixture {
  const expected = text
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(EXPECT)].map(([, rule = '', message = '']) => ({ line: index + 1, rule, message })),
    );
  return { text, lintAs: LINT_AS.exec(text)?.[1], expected };
}

/** What was found, in the words of what was expected: equal when and only when the linter did what the fixture says. */
export function compareFindings(expected: readonly Finding[], found: readonly Finding[]) {
  const unmatched = [...expected];
  const seen = found.map(({ line, rule, message }) => {
    const at = unmatched.findIndex((e) => e.line === line && e.rule === rule && message.includes(e.message));
    if (at < 0) return `line ${line}: ${rule}: ${message}`;
    return describe(unmatched.splice(at, 1)[0] as Finding);
  });
  return { expected: expected.map(describe).sort(), found: seen.sort() };
}

function describe({ line, rule, message }: Finding): string {
  return `line ${line}: ${rule}${message === '' ? '' : `: …${message}…`}`;
}
