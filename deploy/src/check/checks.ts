import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../settings/repository.ts';
import { checkGeneratedCode } from './generated-code.ts';
import { type CommandResult, runCommand } from './run-command.ts';

/** Something that `npm test` looks at before the tests. */
export interface Check {
  readonly name: string;
  readonly run: () => Promise<CommandResult>;
}

/** All of them, the quick ones first. */
export const CHECKS: readonly Check[] = [
  { name: 'types (npm run typecheck)', run: () => runScript('typecheck') },
  { name: 'format and lint (npm run lint)', run: () => runScript('lint') },
  { name: 'protocol definitions compatible with the last release', run: () => runScript('compatible') },
  { name: 'protocol definitions, and the code generated from them', run: () => checkGeneratedCode() },
];

/** Runs a script of the root's package.json, so that a developer and CI check the same. */
async function runScript(name: string): Promise<CommandResult> {
  const { scripts } = JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  };
  const command = scripts[name];
  if (command === undefined) return { exitCode: 1, output: `package.json has no script ${name}\n` };
  return runCommand(command, { output: 'kept' });
}
