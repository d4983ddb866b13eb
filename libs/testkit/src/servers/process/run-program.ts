import { execFile } from 'node:child_process';

export interface ProgramRun {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
}

export type ProgramResult =
  | { readonly type: 'ok'; readonly output: string }
  | { readonly type: 'failed'; readonly text: string };

/** Longest output that is kept: these programs print some hundred lines at most. */
const MAX_OUTPUT_BYTES = 1024 * 1024;
const MAX_TEXT_CHARS = 2_000;

/** Runs a program to its end. A missing program, a failure and a time-out are all `failed`, with a text that says why. */
export function runProgram(run: ProgramRun): Promise<ProgramResult> {
  const { file, args, timeoutMs, ...rest } = run;
  const options = {
    ...rest,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_OUTPUT_BYTES,
  } as const;
  return new Promise((resolve) => {
    const child = execFile(file, [...args], options, (error, stdout, stderr) => {
      if (error === null) return resolve({ type: 'ok', output: stdout });
      const why = error.killed === true ? `no end after ${timeoutMs} ms` : stderr.trim() || error.message;
      resolve({ type: 'failed', text: `${file}: ${why.slice(-MAX_TEXT_CHARS)}` });
    });
    child.stdin?.end();
  });
}
