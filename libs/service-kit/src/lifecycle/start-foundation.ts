import { type BusNames, busNames } from '@switchyard/contracts';
import { type Clock, systemClock } from '@switchyard/kernel';
import type { Registry } from 'prom-client';
import { type Bus, connectBus } from '../bus/connect-bus.ts';
import type { Env } from '../config/env-reader.ts';
import type { Authenticate } from '../grpc/authenticate-call.ts';
import type { DefinedService } from '../grpc/define-service.ts';
import { startGrpcServer } from '../grpc/grpc-server.ts';
import type { ObserveDenial } from '../grpc/observe-call.ts';
import { ByteBudget } from '../load/byte-budget.ts';
import { logPartChanges } from '../ops/log-part-changes.ts';
import { startOpsServer } from '../ops/ops-server.ts';
import { Readiness } from '../ops/readiness.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import { createMetrics, observeCalls } from '../telemetry/metrics.ts';
import { startTracing } from '../telemetry/tracing.ts';
import type { BaseConfig } from './base-config.ts';

/** What every service stands on. */
export interface Foundation {
  readonly log: Logger;
  readonly metrics: Registry;
  readonly readiness: Readiness;
  readonly bus: Bus;
  readonly names: BusNames;
  readonly clock: Clock;
  /** Bytes of requests under way, at all doors. */
  readonly requestBytes: ByteBudget;
  /** Ends things in the reverse order of their start. */
  readonly stack: AsyncDisposableStack;
}

/** Starts logs, traces, metrics and the bus of one service. Nothing here waits for another server. */
export async function startFoundation(
  name: string,
  config: BaseConfig & { readonly env: Env },
): Promise<Foundation> {
  const stack = new AsyncDisposableStack();
  const log = createLogger({ service: name, level: config.logLevel });
  stack.defer(await startTracing(name, config.env));
  const bus = connectBus({ url: config.natsUrl, name, log });
  stack.defer(() => bus.close());
  const readiness = new Readiness();
  readiness.want('nats', () => ({
    ok: bus.isConnected,
    detail: bus.isConnected ? 'connected' : 'not connected; reconnecting',
  }));
  return {
    log,
    metrics: createMetrics(name),
    readiness,
    bus,
    names: busNames(config.subjectPrefix),
    clock: systemClock,
    requestBytes: new ByteBudget(config.maxRequestBytes),
    stack,
  };
}

/** A server that can let what is under way end. */
export interface Drainable {
  /** Takes nothing new, lets calls under way end, at most for the time given, then ends them. */
  stop(graceMs: number): Promise<void>;
}

/** What a service offers by gRPC. */
export interface ServeOptions {
  readonly config: BaseConfig;
  readonly services: readonly DefinedService[];
  readonly authenticate: Authenticate;
  /** For example `switchyard.routing`. */
  readonly errorDomain: string;
  /** Descriptors for reflection. */
  readonly image: Buffer;
  /** Other servers of the service, for example its HTTP: they drain together with gRPC. */
  readonly alongside?: readonly Drainable[];
  /** Told of every call that its caller had no permission for. Default: nobody is told. */
  readonly observeDenial?: ObserveDenial | undefined;
}

/** Where a service listens. */
export interface Listening {
  readonly grpcPort: number;
  readonly opsPort: number;
}

/**
 * Opens the gRPC and ops ports. On dispose, in this order: readiness off, wait, calls under way end, ports close; then
 * whatever had been started before.
 */
export async function serve(foundation: Foundation, options: ServeOptions): Promise<Listening> {
  const { config, services, authenticate, errorDomain, image, observeDenial, alongside = [] } = options;
  const { stack, log, metrics, readiness, requestBytes } = foundation;
  const ops = await startOpsServer({ host: config.host, port: config.opsPort, readiness, metrics });
  stack.defer(() => ops.stop());
  stack.defer(logPartChanges(readiness, log));
  const grpc = await startGrpcServer({
    address: `${config.host}:${config.grpcPort}`,
    services,
    authenticate,
    errorDomain,
    image,
    log,
    requestBytes,
    observe: observeCalls(metrics),
    observeDenial,
  });
  stack.defer(async () => {
    readiness.announceStop();
    grpc.announceStop();
    // Until load balancers have noticed, calls still come.
    await new Promise((resolve) => setTimeout(resolve, config.drainWaitMs));
    await Promise.all([grpc, ...alongside].map((server) => server.stop(config.drainGraceMs)));
  });
  return { grpcPort: grpc.port, opsPort: ops.port };
}
