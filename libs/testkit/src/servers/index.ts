/** Real NATS, PostgreSQL and Redis servers, for tests and for the local start. */
export { stopLeftover } from './launch/leftover.ts';
export { removeOrphans } from './launch/server-home.ts';
export { type NatsOptions, startNats } from './nats/start-nats.ts';
export { type PostgresOptions, startPostgres } from './postgres/start-postgres.ts';
export { type RedisOptions, startRedis } from './redis/start-redis.ts';
export type {
  ServerExit,
  ServerHandle,
  ServerKind,
  ServerOptions,
  ServerSignal,
  ServerSource,
} from './server-handle.ts';
export { ServerStartError, type ServerStartReason } from './server-start-error.ts';
