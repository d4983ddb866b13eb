import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { runCli } from '../run-cli.ts';

async function scriptFor(shell: string): Promise<string> {
  let script = '';
  const sink = { write: (text: string) => (script += text) };
  const run = {
    args: ['completion', shell],
    env: {},
    out: sink,
    err: sink,
    signal: AbortSignal.timeout(5_000),
  };
  expect(await runCli(run)).toBe(0);
  return script;
}

/** What a real bash offers after some words, the last of them begun. */
function offered(script: string, ...words: string[]): string[] {
  const line = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _switchyard`;
  const bash = `${script}\n${line}; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', bash], { encoding: 'utf8' }).trim().split('\n');
}

test('bash completes commands, their words and their options', async () => {
  const script = await scriptFor('bash');
  expect(offered(script, 'switchyard', 'ex')).toEqual(['experiments', 'export']);
  expect(offered(script, 'switchyard', 'experiments', 'st')).toEqual(['start', 'stop']);
  expect(offered(script, 'switchyard', 'apply', '--ex')).toEqual(['--expect-version']);
  expect(offered(script, 'switchyard', 'route', '--why')).toEqual(['--why-not']);
  expect(offered(script, 'switchyard', 'completion', '')).toEqual([
    'bash',
    'zsh',
    'fish',
    '--json',
    '--help',
  ]);
  expect(offered(script, 'switchyard', 'nothing', '')).toEqual(['']);
});

test.each([
  [
    'zsh',
    /^#compdef switchyard\n[\s\S]*'pools:[\s\S]*apply\) compadd -- --file --dry-run [\s\S]*\ncompdef _switchyard switchyard\n$/,
  ],
  ['fish', /complete -c switchyard -n '__fish_seen_subcommand_from apply' -l expect-version\n/],
])('%s has a script of the same table', async (shell, expected) => {
  expect(await scriptFor(shell)).toMatch(expected);
});
