import { HealthServiceClient } from '@switchyard/contracts/health';
import { newApiKey } from '@switchyard/kernel';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import { expect, test } from 'vitest';
import { parseConfig, startService } from '../src/index.ts';

/** Nobody listens on port 1. */
const env = {
  HEALTH_PROBE_DATABASE_URL: 'postgresql://u:p@127.0.0.1:1/d',
  HEALTH_PROBE_GRPC_PORT: '0',
  HEALTH_PROBE_HTTP_PORT: '0',
  HEALTH_PROBE_OPS_PORT: '0',
  HEALTH_PROBE_API_KEY: newApiKey(),
  NATS_URL: 'nats://127.0.0.1:1',
  SWITCHYARD_ROUTING_ADDRESS: '127.0.0.1:1',
  SWITCHYARD_CREDENTIAL_ADDRESS: '127.0.0.1:1',
  SWITCHYARD_LOG_LEVEL: 'silent',
};

test('without NATS, Postgres, routing and credential the service starts, serves an empty table, and says what is away', async () => {
  await using service = await startService(parseConfig(env), {
    authenticate: () => ({
      ...{ keyId: 'k', tenant: 't', role: 'viewer', installation: false },
      permissions: new Set(['health.read']),
    }),
  });
  const target = { address: service.addresses.grpc ?? '', apiKey: newApiKey() };
  const client = openGrpcClient(HealthServiceClient, target);
  const request = { pageSize: 0, pageToken: '' };
  const method = client.listProviderHealth.bind(client);
  expect(await callUnary({ method, request, target, timeoutMs: 5_000 })).toMatchObject({
    providers: [],
    version: 0n,
  });
  client.close();
  const parts = { nats: { ok: false }, postgres: { ok: false }, routing: { ok: false } };
  await expect
    .poll(
      async () => {
        const response = await fetch(`http://${service.addresses.ops}/readyz`);
        return [response.status, await response.json()];
      },
      { timeout: 10_000 },
    )
    .toMatchObject([200, { status: 'degraded', parts }]);
});

test('everything that is wrong with the configuration is told at once', () => {
  const wrong = {
    HEALTH_PROBE_DATABASE_URL: 'mysql://x',
    HEALTH_PROBE_ACTIVE: 'maybe',
    HEALTH_PROBE_IDLE_INTERVAL_MS: '1',
    HEALTH_PROBE_MAX_CONCURRENCY: '1000',
  };
  expect(() => parseConfig(wrong)).toThrow(
    expect.objectContaining({
      problems: [
        'HEALTH_PROBE_API_KEY is required',
        'HEALTH_PROBE_DATABASE_URL must be a URL that begins with postgresql:// or postgres://',
        'HEALTH_PROBE_ACTIVE must be one of true, false, not "maybe"',
        'HEALTH_PROBE_IDLE_INTERVAL_MS must be a whole number from 100 to 3600000, not "1"',
        'HEALTH_PROBE_MAX_CONCURRENCY must be a whole number from 1 to 256, not "1000"',
      ],
    }),
  );
});
