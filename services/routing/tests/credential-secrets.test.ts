import { generateKeyPairSync } from 'node:crypto';
import { busNames, readDescriptorImage } from '@switchyard/contracts';
import { ReadSecretResponse, SecretServiceService } from '@switchyard/contracts/credential';
import { newApiKey, ServiceError } from '@switchyard/kernel';
import {
  type Bus,
  ByteBudget,
  createLogger,
  defineService,
  type RunningGrpcServer,
  startGrpcServer,
} from '@switchyard/service-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AccessTokens } from '../src/adapters/access-tokens.ts';
import { CredentialSecrets } from '../src/adapters/credential-secrets.ts';
import type { ConfiguredProvider } from '../src/domain/snapshot/offering.ts';
import type { ProviderTransport } from '../src/transport/provider-transport.ts';
import { addressOf, offering } from './domain/offerings.ts';
import { bearer } from './support/ready-keys.ts';

const TTL_SECONDS = 600;
const log = createLogger({ service: 'test', level: 'silent' });
const provider: ConfiguredProvider = { ...offering({ provider: 'p' }).provider, credentialRef: 's1' };

let server: RunningGrpcServer;
let secrets: CredentialSecrets;
let readSecret: (id: string) => Promise<string>;
let reads: number;
let nowMs: number;
/** Where tokens were asked for. */
let asked: string[];

/** Answers every token server. */
const transport = {
  mayReach: () => true,
  send: ({ provider: { address } }: { provider: Pick<ConfiguredProvider, 'address'> }) => {
    asked.push(address.origin);
    const pieces = [Buffer.from('{"access_token":"t1"}')];
    return { head: Promise.resolve({ status: 200, headers: {} }), next: () => pieces.shift() };
  },
} as unknown as ProviderTransport;

const away = new ServiceError({
  reason: 'AWAY',
  code: 'UNAVAILABLE',
  publicMessage: 'away',
  retryable: true,
});

const unused = {
  permission: 'credential.secret.read',
  handle: () => Promise.reject(new Error('not asked here')),
} as const;

beforeEach(async () => {
  asked = [];
  reads = 0;
  nowMs = 0;
  readSecret = async () => `key-${reads}`;
  server = await startGrpcServer({
    address: '127.0.0.1:0',
    services: [
      defineService(SecretServiceService, {
        putSecret: unused,
        listSecrets: unused,
        deleteSecret: unused,
        readSecret: {
          permission: 'credential.secret.read',
          handle: async ({ id }) => {
            reads++;
            return ReadSecretResponse.fromPartial({
              value: Buffer.from(await readSecret(id)),
              ttlSeconds: TTL_SECONDS,
              secret: { allowedOrigins: ['https://example.com', 'https://oauth2.googleapis.com'] },
            });
          },
        },
      }),
    ],
    authenticate: () => ({
      keyId: 'k',
      tenant: 't',
      role: 'service',
      installation: true,
      permissions: new Set(['credential.secret.read']),
    }),
    errorDomain: 'test',
    image: readDescriptorImage(),
    requestBytes: new ByteBudget(2 ** 28),
    log,
    observe: () => {},
  });
  secrets = new CredentialSecrets({
    target: { address: `127.0.0.1:${server.port}`, apiKey: newApiKey() },
    bus: { onConnect: () => {} } as unknown as Bus,
    names: busNames('test'),
    tokens: new AccessTokens({ transport, clock: { wallMs: () => nowMs, monotonicMs: () => nowMs }, log }),
    clock: { wallMs: () => nowMs, monotonicMs: () => nowMs },
    log,
  });
});

afterEach(async () => {
  secrets.close();
  await server.stop(100);
});

test('a key that is used is read again before its time is over: no request waits for it', async () => {
  expect(await secrets.get(provider)).toEqual(bearer('key-1'));
  nowMs = TTL_SECONDS * 500;
  expect(secrets.get(provider)).toEqual(bearer('key-1'));
  await expect.poll(() => secrets.get(provider)).toEqual(bearer('key-2'));
  nowMs = TTL_SECONDS * 1_000;
  expect(secrets.get(provider)).toEqual(bearer('key-2'));
});

test('while credential is away a known key serves its time, and is asked for every two seconds at most', async () => {
  expect(await secrets.get(provider)).toEqual(bearer('key-1'));
  readSecret = async (id) => {
    if (id === 's1') throw away;
    return 'key';
  };
  nowMs = TTL_SECONDS * 500;
  expect(secrets.get(provider)).toEqual(bearer('key-1'));
  await expect.poll(() => reads).toBe(2);
  // The answer has to arrive before the time of the next try is known: another one on the same connection comes after it.
  await secrets.get({ ...provider, credentialRef: 's2' });
  for (let i = 0; i < 10; i++) expect(secrets.get(provider)).toEqual(bearer('key-1'));
  expect(reads).toBe(3);
  nowMs += 2_000;
  expect(secrets.get(provider)).toEqual(bearer('key-1'));
  await expect.poll(() => reads).toBe(4);
  nowMs = TTL_SECONDS * 1_000;
  expect(await secrets.get(provider)).toBe(undefined);
});

test('a secret that was never read is asked for again while credential is away for a moment', async () => {
  readSecret = async () => {
    if (reads === 1) throw away;
    return 'key';
  };
  const first = secrets.get(provider);
  await expect.poll(() => reads).toBe(1);
  expect(secrets.stateOf(provider)).toBe('unknown');
  expect(await Promise.all([first, secrets.get(provider)])).toEqual([bearer('key'), bearer('key')]);
  expect(reads).toBe(2);
});

test('once credential is known to be away it is asked once for each secret that was never read', async () => {
  readSecret = () => Promise.reject(away);
  expect(await secrets.get(provider)).toBe(undefined);
  const asked = reads;
  expect(await secrets.get({ ...provider, id: 'q', credentialRef: 's2' })).toBe(undefined);
  expect(reads).toBe(asked + 1);
});

test('a secret that is not there is missing, and is asked for once', async () => {
  readSecret = () =>
    Promise.reject(
      new ServiceError({ reason: 'SECRET_NOT_FOUND', code: 'NOT_FOUND', publicMessage: 'gone' }),
    );
  expect(await secrets.get(provider)).toBe(undefined);
  expect(await secrets.get(provider)).toBe(undefined);
  expect(secrets.stateOf(provider)).toBe('missing');
  expect(reads).toBe(1);
});

test('a key is made ready once for each provider, by its style', async () => {
  const anthropic: ConfiguredProvider = { ...provider, id: 'q', authStyle: 'x-api-key' };
  expect(await secrets.get(anthropic)).toMatchObject({ headers: { 'x-api-key': 'key-1' } });
  const known = await secrets.get(provider);
  expect(known).toMatchObject({ headers: { authorization: 'Bearer key-1' } });
  expect(secrets.get(provider)).toBe(known);
});

test('what is wrong with a key is told by its field, and nothing of it is sent', async () => {
  const bedrock: ConfiguredProvider = { ...provider, authStyle: 'aws-sigv4' };
  readSecret = async () => JSON.stringify({ access_key_id: 'AKIDEXAMPLE', secret_access_key: 'top secret' });
  expect(await secrets.get(bedrock)).toBe(undefined);
  expect(secrets.stateOf(bedrock)).toBe('missing');
  expect(secrets.problemOf(bedrock)).toBe('secret_access_key must be printable ASCII without spaces');
  const elsewhere: ConfiguredProvider = { ...provider, address: addressOf('https://example.org/v1') };
  expect(secrets.stateOf(elsewhere)).toBe('missing');
  expect(secrets.problemOf(elsewhere)).toBe(
    'it may not be sent to https://example.org: its allowed_origins do not have that',
  );
  expect(secrets.problemOf(provider)).toBe(undefined);
});

/** A service account's file, as Google hands it out. */
const serviceAccount = (more: object = {}) =>
  JSON.stringify({
    client_email: 'a@p.iam.gserviceaccount.com',
    private_key: generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    }),
    ...more,
  });

test('a secret that must be exchanged is shown as its access token, which is there before it is needed', async () => {
  const vertex: ConfiguredProvider = { ...provider, authStyle: 'google-oauth' };
  const value = serviceAccount();
  readSecret = async () => value;
  expect(secrets.stateOf(vertex)).toBe('unknown');
  await secrets.prefetch([vertex]);
  expect(asked).toEqual(['https://oauth2.googleapis.com']);
  expect(secrets.stateOf(vertex)).toBe('ready');
  expect(secrets.get(vertex)).toEqual(bearer('t1'));
});

test('nothing is asked for where the secret itself leads, unless its allowed origins have that', async () => {
  const vertex: ConfiguredProvider = { ...provider, authStyle: 'google-oauth' };
  readSecret = async () => serviceAccount({ token_uri: 'https://tokens.example.net/token' });
  expect(await secrets.get(vertex)).toBe(undefined);
  expect(secrets.problemOf(vertex)).toBe(
    'it may not be sent to https://tokens.example.net: its allowed_origins do not have that',
  );
  expect(asked).toEqual([]);
});
