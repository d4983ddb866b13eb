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
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CredentialSecrets } from '../src/adapters/credential-secrets.ts';
import type { ConfiguredProvider } from '../src/domain/snapshot/offering.ts';
import { offering } from './domain/offerings.ts';
import { bearer } from './support/ready-keys.ts';

const TTL_SECONDS = 600;
const log = createLogger({ service: 'test', level: 'silent' });
const provider: ConfiguredProvider = { ...offering({ provider: 'p' }).provider, credentialRef: 's1' };

let server: RunningGrpcServer;
let secrets: CredentialSecrets;
let readSecret: () => Promise<string>;
let reads: number;
let nowMs: number;

const unused = {
  permission: 'credential.secret.read',
  handle: () => Promise.reject(new Error('not asked here')),
} as const;

beforeEach(async () => {
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
          handle: async () => {
            reads++;
            return ReadSecretResponse.fromPartial({
              value: Buffer.from(await readSecret()),
              ttlSeconds: TTL_SECONDS,
              secret: { allowedOrigins: ['https://example.com'] },
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
  await vi.waitFor(() => expect(secrets.get(provider)).toEqual(bearer('key-2')));
  nowMs = TTL_SECONDS * 1_000;
  expect(secrets.get(provider)).toEqual(bearer('key-2'));
});

test('while credential is away a known key serves its time, and is asked for every two seconds at most', async () => {
  expect(await secrets.get(provider)).toEqual(bearer('key-1'));
  readSecret = () =>
    Promise.reject(
      new ServiceError({ reason: 'AWAY', code: 'UNAVAILABLE', publicMessage: 'away', retryable: true }),
    );
  nowMs = TTL_SECONDS * 500;
  expect(secrets.get(provider)).toEqual(bearer('key-1'));
  await vi.waitFor(() => expect(reads).toBe(2));
  // The answer has to arrive before the time of the next try is known.
  await new Promise((resolve) => setTimeout(resolve, 50));
  for (let i = 0; i < 10; i++) expect(secrets.get(provider)).toEqual(bearer('key-1'));
  expect(reads).toBe(2);
  nowMs += 2_000;
  expect(secrets.get(provider)).toEqual(bearer('key-1'));
  await vi.waitFor(() => expect(reads).toBe(3));
  nowMs = TTL_SECONDS * 1_000;
  expect(await secrets.get(provider)).toBe(undefined);
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
  const elsewhere: ConfiguredProvider = { ...provider, baseUrl: 'https://example.org/v1' };
  expect(secrets.stateOf(elsewhere)).toBe('missing');
  expect(secrets.problemOf(elsewhere)).toBe(
    'it may not be sent to https://example.org: its allowed_origins do not have that',
  );
  expect(secrets.problemOf(provider)).toBe(undefined);
});
