import { inspect } from 'node:util';
import { ConfigError } from '@switchyard/service-kit';
import { expect, test } from 'vitest';
import { parseConfig } from './config.ts';

const kek = Buffer.alloc(32, 'q').toString('base64');
const env = { CREDENTIAL_DATABASE_URL: 'postgres://app@127.0.0.1/db', CREDENTIAL_KEK: `k1:${kek}` };

test('two variables are enough', () => {
  expect(parseConfig(env)).toMatchObject({
    grpcPort: 7004,
    opsPort: 8004,
    keyTtlSeconds: 600,
    secretTtlSeconds: 600,
    bootstrapKeys: [],
  });
});

test('every problem is told at once, and no secret with it', () => {
  const secret = 'do-not-show-this';
  let thrown: unknown;
  try {
    parseConfig({
      CREDENTIAL_DATABASE_URL: `mysql://u:${secret}@h/d`,
      CREDENTIAL_KEK: `k1:${secret}`,
      CREDENTIAL_BOOTSTRAP_KEYS: `[{"digest":"${secret}"}]`,
      CREDENTIAL_KEY_TTL_SECONDS: '0',
    });
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ConfigError);
  const { message } = thrown as ConfigError;
  for (const name of ['DATABASE_URL', 'KEK', 'BOOTSTRAP_KEYS', 'KEY_TTL_SECONDS']) {
    expect(message).toContain(`CREDENTIAL_${name}`);
  }
  expect(message).not.toContain(secret);
});

test('a missing key-encryption key is one problem', () => {
  expect(() => parseConfig({ ...env, CREDENTIAL_KEK: '' })).toThrow('CREDENTIAL_KEK is required');
});

test('the configuration is frozen, and shows no key when it is printed', () => {
  const config = parseConfig({ ...env, OTEL_SDK_DISABLED: 'true' });
  expect(Object.isFrozen(config)).toBe(true);
  expect(config.env).toEqual({ OTEL_SDK_DISABLED: 'true' });
  expect(inspect(config, { depth: 9 }) + JSON.stringify(config)).not.toContain(kek);
});
