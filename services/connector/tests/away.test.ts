import { ConnectorServiceClient } from '@switchyard/contracts/connector';
import { newApiKey, type ServiceError } from '@switchyard/kernel';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import { takesMs } from '@switchyard/testkit/takes-ms';
import { expect, test } from 'vitest';
import { parseConfig, startService } from '../src/index.ts';

/** Nobody listens on port 1. */
const env = {
  CONNECTOR_DATABASE_URL: 'postgresql://u:p@127.0.0.1:1/d',
  CONNECTOR_GRPC_PORT: '0',
  CONNECTOR_OPS_PORT: '0',
  CONNECTOR_API_KEY: newApiKey(),
  NATS_URL: 'nats://127.0.0.1:1',
  SWITCHYARD_CREDENTIAL_ADDRESS: '127.0.0.1:1',
  SWITCHYARD_LOG_LEVEL: 'silent',
};

async function execute(address: string): Promise<ServiceError> {
  const target = { address, apiKey: newApiKey() };
  const client = openGrpcClient(ConnectorServiceClient, target);
  const request = { connector: 'c', operation: 'call', inputJson: '{}', timeLimit: undefined };
  try {
    await callUnary({ method: client.execute.bind(client), request, target, timeoutMs: 10_000 });
    throw new Error('the call was not refused');
  } catch (error) {
    return error as ServiceError;
  } finally {
    client.close();
  }
}

test('without NATS, Postgres and credential the service starts, and says clearly what it cannot do', async () => {
  await using service = await startService(parseConfig(env));
  const { reason, code } = await execute(service.addresses.grpc ?? '');
  expect([reason, code]).toEqual(['CREDENTIAL_UNAVAILABLE', 'UNAVAILABLE']);
});

test('A19: without Postgres a call is refused within 2 seconds, and the service stays ready to recover', async () => {
  await using service = await startService(parseConfig(env), {
    authenticate: () => ({
      ...{ keyId: 'k', tenant: 't', role: 'agent', installation: false },
      permissions: new Set(['connector.execute']),
    }),
  });
  const refused = async () => {
    const { reason, code } = await execute(service.addresses.grpc ?? '');
    expect([reason, code]).toEqual(['DATABASE_UNAVAILABLE', 'UNAVAILABLE']);
  };
  expect(await takesMs(refused)).toBeLessThan(2_500);
  const response = await fetch(`http://${service.addresses.ops}/readyz`);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    status: 'degraded',
    parts: { nats: { ok: false }, postgres: { ok: false } },
  });
});

test('everything that is wrong with the configuration is told at once', () => {
  const wrong = {
    CONNECTOR_DATABASE_URL: 'mysql://x',
    CONNECTOR_ALLOWED_PRIVATE_HOSTS: 'db.internal, *:5432, ok.internal:5432',
    CONNECTOR_MAX_CONCURRENCY: '0',
    CONNECTOR_CA_FILE: '/does/not/exist',
  };
  expect(() => parseConfig(wrong)).toThrow(
    expect.objectContaining({
      problems: [
        'CONNECTOR_API_KEY is required',
        'CONNECTOR_DATABASE_URL must be a URL that begins with postgresql:// or postgres://',
        'CONNECTOR_ALLOWED_PRIVATE_HOSTS: "db.internal" is not host:port',
        'CONNECTOR_ALLOWED_PRIVATE_HOSTS: "*:5432" is not host:port',
        expect.stringContaining('CONNECTOR_CA_FILE'),
        'CONNECTOR_MAX_CONCURRENCY must be a whole number from 1 to 10000, not "0"',
      ],
    }),
  );
});
