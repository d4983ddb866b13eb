import { appendFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { REPOSITORY } from '../settings/repository.ts';
import { checkGeneratedCode } from './generated-code.ts';

const TIMEOUT_MS = 120_000;
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'switchyard-generated-test-'));
  for (const path of ['proto', 'libs/contracts/src/gen', 'libs/contracts/image.binpb']) {
    await cp(join(REPOSITORY, path), join(root, path), { recursive: true });
  }
});

afterEach(() => rm(root, { recursive: true, force: true }));

it('accepts code that is as the definitions make it', { timeout: TIMEOUT_MS }, async () => {
  expect(await checkGeneratedCode(root)).toEqual({ exitCode: 0, output: '' });
});

it('names code that was changed by hand, and code that no definition makes', {
  timeout: TIMEOUT_MS,
}, async () => {
  await appendFile(join(root, 'libs/contracts/src/gen/switchyard/routing/v1/provider.ts'), '// by hand\n');
  await writeFile(join(root, 'libs/contracts/src/gen/extra.ts'), 'export {};\n');
  const { exitCode, output } = await checkGeneratedCode(root);
  expect(exitCode).toBe(1);
  expect(output).toContain('libs/contracts/src/gen/switchyard/routing/v1/provider.ts');
  expect(output).toContain('libs/contracts/src/gen/extra.ts');
  expect(output).not.toContain('completion.ts');
});

it('names the descriptors when a definition has changed and nothing was generated', {
  timeout: TIMEOUT_MS,
}, async () => {
  await appendFile(
    join(root, 'proto/switchyard/events/v1/health.proto'),
    '\n// Something new.\nmessage New {}\n',
  );
  const { exitCode, output } = await checkGeneratedCode(root);
  expect(exitCode).toBe(1);
  expect(output).toContain('libs/contracts/image.binpb');
  expect(output).toContain('libs/contracts/src/gen/switchyard/events/v1/health.ts');
});

it('says what buf says of a definition that breaks its rules', { timeout: TIMEOUT_MS }, async () => {
  await appendFile(join(root, 'proto/switchyard/events/v1/health.proto'), '\nmessage no_comment {}\n');
  const { exitCode, output } = await checkGeneratedCode(root);
  expect(exitCode).not.toBe(0);
  expect(output).toContain('no_comment');
});
