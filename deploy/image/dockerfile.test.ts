import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyBuildContext } from './testing/build-context.ts';
import { dockerfileStages } from './testing/dockerfile-steps.ts';

// There is no Docker here: the build stage's steps are replayed in a folder, and what the last stage copies is started.
// `docker build` itself, the base image and the user are not tested by this.

const SERVICE = 'routing';
let root = '';
let app = '';

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'switchyard-image-test-'));
  const source = join(root, 'src');
  app = join(root, 'out');
  copyBuildContext(source);
  for (const { instruction, text } of dockerfileStages()[0] ?? []) {
    if (instruction !== 'RUN') continue;
    const { status, stdout, stderr } = spawnSync('sh', ['-c', text.replace('/out', app)], {
      cwd: source,
      // What is in the caches is not asked for again.
      env: { ...withNode(), SERVICE, npm_config_prefer_offline: 'true' },
      encoding: 'utf8',
      timeout: 240_000,
    });
    expect(status, `${text}\n${stdout}\n${stderr}`).toBe(0);
  }
  // Only what is copied from it may be needed at run time.
  rmSync(source, { recursive: true, force: true });
}, 300_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

const withNode = () => ({
  ...process.env,
  PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
});

/** Starts a program of the image as its ENTRYPOINT does. */
function runInImage(program: string, env: Record<string, string> = {}) {
  const [, last = []] = dockerfileStages();
  const entry = JSON.parse(
    last.find(({ instruction }) => instruction === 'ENTRYPOINT')?.text ?? '',
  ) as string[];
  const [, ...options] = entry;
  return spawnSync(process.execPath, [...options, program], {
    cwd: join(app, 'dist', SERVICE),
    env: { ...env },
    encoding: 'utf8',
    timeout: 20_000,
  });
}

it('starts from what the image holds, and says everything that is wrong with the configuration', () => {
  const { status, stderr } = runInImage('main.mjs', { ROUTING_GRPC_PORT: 'many' });
  expect(status).toBe(1);
  expect(stderr).toContain('routing: cannot start: configuration:');
  expect(stderr).toContain('ROUTING_DATABASE_URL is required');
  expect(stderr).toContain('ROUTING_GRPC_PORT must be a whole number from 0 to 65535, not "many"');
});

it('runs the migration that the charts run, which names the variable that is missing', () => {
  const { status, stderr } = runInImage('migrate.mjs');
  expect(status).toBe(1);
  expect(stderr).toContain('ROUTING_MIGRATION_DATABASE_URL is required');
});

it('has no package manager, no root and no shell command at the end', () => {
  const [, last = []] = dockerfileStages();
  const text = (wanted: string) =>
    last.filter(({ instruction }) => instruction === wanted).map((step) => step.text);
  expect(text('USER')).toEqual(['10001:10001']);
  expect(text('RUN')).toHaveLength(1);
  for (const manager of ['npm', 'npx', 'corepack', 'yarn']) {
    expect(text('RUN')[0]).toContain(`/usr/local/bin/${manager}`);
  }
  expect(text('COPY')).toEqual(['--from=build /out /app']);
  expect(text('CMD')).toEqual(['["main.mjs"]']);
});

it('carries no tests, no TypeScript and no modules outside the bundle', () => {
  expect(existsSync(join(app, 'node_modules'))).toBe(false);
  expect(readFileSync(join(app, 'dist', SERVICE, 'main.mjs'), 'utf8')).not.toMatch(/from "@switchyard\//);
});
