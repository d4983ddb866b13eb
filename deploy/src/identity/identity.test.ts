import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiKeyDigest, isApiKey } from '@switchyard/kernel';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StartError } from '../start-error.ts';
import { bootstrapKeys } from './bootstrap-keys.ts';
import { createIdentity, loadIdentity } from './identity.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-identity-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

it('makes its secrets once, different from each other, in a file that only its owner may read', async () => {
  const identity = await loadIdentity(folder);
  expect(await loadIdentity(folder)).toEqual(identity);
  const { operatorKey, serviceKeys, databasePasswords, keyEncryptionKey } = identity;
  const keys = [operatorKey, ...Object.values(serviceKeys)];
  expect(keys.every(isApiKey)).toBe(true);
  const secrets = [...keys, ...Object.values(databasePasswords), keyEncryptionKey];
  expect(new Set(secrets).size).toBe(12);
  expect(Buffer.from(keyEncryptionKey.split(':')[1] ?? '', 'base64')).toHaveLength(32);
  expect((await stat(join(folder, 'identity.json'))).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['identity.json']);
});

it('never puts new secrets in the place of ones it cannot read, and shows none of them', async () => {
  const broken = JSON.stringify({ ...createIdentity(), keyEncryptionKey: undefined });
  for (const text of ['{"operatorKey": "sy_canary', broken, '{}', 'null']) {
    await writeFile(join(folder, 'identity.json'), text);
    const failure = (await loadIdentity(folder).catch((error: unknown) => error)) as Error;
    expect(failure).toBeInstanceOf(StartError);
    expect(failure.message).toContain('identity.json');
    expect(failure.message).not.toContain('canary');
  }
});

it('tells credential digests of the keys and never a key', () => {
  const identity = createIdentity();
  const text = bootstrapKeys(identity);
  const keys = JSON.parse(text) as { id: string; digest: string; role: string }[];
  expect(keys.map(({ id, role }) => `${id}: ${role}`)).toEqual([
    'operator: admin',
    'service-routing: service',
    'service-health-probe: service',
    'service-cost-accounting: service',
    'service-connector: service',
  ]);
  expect(keys[0]?.digest).toBe(apiKeyDigest(identity.operatorKey).toString('hex'));
  expect(text).not.toContain('sy_');
});
