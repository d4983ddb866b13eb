import { identityOf } from '@switchyard/testkit/processes';
import { run } from './npm-command.ts';
import type { User } from './user-environment.ts';

/** What `npm run status -- --json` says, as far as it is looked at here. */
export interface Status {
  readonly state: string;
  readonly pid?: number;
  readonly parts: readonly { readonly name: string; readonly state: string; readonly pid?: number }[];
}

/** What runs, as its user sees it. */
export async function statusOf({ env }: User): Promise<Status> {
  return JSON.parse((await run('npm run -s status -- --json', env)).stdout) as Status;
}

/** Pids of everything that runs. */
export function pidsOf({ pid, parts }: Status): number[] {
  return [pid, ...parts.map((part) => part.pid)].filter((each) => each !== undefined);
}

/** The pid of a part that runs. */
export function pidOf(status: Status, name: string): number {
  const pid = status.parts.find((part) => part.name === name)?.pid;
  if (pid === undefined) throw new Error(`${name} does not run`);
  return pid;
}

/** Those of the processes that still live. */
export const alive = (pids: readonly number[]): number[] =>
  pids.filter((pid) => identityOf(pid) !== undefined);
