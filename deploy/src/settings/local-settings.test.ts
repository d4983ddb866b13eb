import { ConfigError } from '@switchyard/service-kit';
import { expect, it } from 'vitest';
import { readLocalSettings } from './local-settings.ts';
import { DEFAULT_PORTS } from './port-plan.ts';
import { REPOSITORY } from './repository.ts';

it('takes the documented ports and the folder in the repository where nothing is said', () => {
  expect(readLocalSettings({})).toEqual({
    stateDir: `${REPOSITORY}.switchyard`,
    ports: DEFAULT_PORTS,
    given: {},
  });
});

it('moves every port by its variable; the one for operations follows the other', () => {
  const env = {
    ROUTING_GRPC_PORT: '9001',
    CREDENTIAL_OPS_PORT: '9104',
    ROUTING_HTTP_PORT: '9080',
    HEALTH_PROBE_HTTP_PORT: '9082',
    SIMULATOR_PORT: '9070',
    SWITCHYARD_NATS_PORT: '14222',
    SWITCHYARD_POSTGRES_PORT: '15432',
    SWITCHYARD_REDIS_PORT: '16379',
  };
  const { services, ...others } = readLocalSettings(env).ports;
  expect(services.routing).toEqual({ grpc: 9_001, ops: 10_001 });
  expect(services.credential).toEqual({ grpc: 7_004, ops: 9_104 });
  expect(others).toEqual({
    http: 9_080,
    healthHttp: 9_082,
    simulator: 9_070,
    nats: 14_222,
    postgres: 15_432,
    redis: 16_379,
  });
});

it('tells everything that is wrong at once, and no password', () => {
  const env = {
    ROUTING_GRPC_PORT: 'banana',
    SIMULATOR_PORT: '0',
    DATABASE_URL: 'mysql://me:hunter2@host/db',
  };
  const read = () => readLocalSettings(env);
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/ROUTING_GRPC_PORT .*\n.*SIMULATOR_PORT/);
  expect(read).toThrow(/DATABASE_URL must be a URL that begins with postgres/);
  expect(read).not.toThrow(/hunter2/);
});

it('uses servers that are given, but not those that the last start had started itself', () => {
  const own = { nats: 'nats://127.0.0.1:4222', redis: 'redis://127.0.0.1:6379' };
  const env = {
    NATS_URL: own.nats,
    REDIS_URL: 'redis://elsewhere:6379',
    DATABASE_URL: 'postgres://me@elsewhere/db',
  };
  expect(readLocalSettings(env, own).given).toEqual({
    redis: 'redis://elsewhere:6379',
    postgres: 'postgres://me@elsewhere/db',
  });
});
