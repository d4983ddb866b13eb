import { readDescriptorImage } from '@switchyard/contracts';
import { AlertServiceService, HealthServiceService } from '@switchyard/contracts/health';
import type { Clock, Random } from '@switchyard/kernel';
import {
  type Authenticate,
  authenticateCallers,
  defineService,
  type RunningService,
  serve,
  startComposed,
  startHttpServer,
} from '@switchyard/service-kit';
import { composeParts } from './compose-parts.ts';
import type { HealthProbeConfig } from './config.ts';
import { httpRoutes, strayError } from './http/routes.ts';
import { alertHandlers, healthHandlers } from './rpc/handlers.ts';

/** What tests replace. */
export interface ServiceOverrides {
  readonly authenticate?: Authenticate;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** Starts the health-probe service. It starts and serves what it knows while NATS, Postgres, routing or credential are away. */
export function startService(
  config: HealthProbeConfig,
  overrides: ServiceOverrides = {},
): Promise<RunningService> {
  return startComposed('health-probe', config, async (foundation) => {
    const { clock = foundation.clock, random = Math.random } = overrides;
    const { authenticate = authenticateCallers(foundation, config) } = overrides;
    const parts = composeParts(foundation, { config, clock, random });
    const { log, requestBytes } = foundation;
    const { host, httpPort: port } = config;
    const health = healthHandlers(parts);
    const alerts = alertHandlers(parts);
    const routes = httpRoutes(health, alerts);
    const http = await startHttpServer({ host, port, routes, strayError, authenticate, log, requestBytes });
    const { grpcPort, opsPort } = await serve(foundation, {
      config,
      services: [defineService(HealthServiceService, health), defineService(AlertServiceService, alerts)],
      alongside: [http],
      authenticate,
      errorDomain: 'switchyard.health',
      image: readDescriptorImage(),
    });
    // Ended first: a watch never ends by itself, and would hold the drain up to its grace.
    foundation.stack.defer(() => parts.table.endWatches());
    return {
      grpc: `${host}:${grpcPort}`,
      http: `http://${host}:${http.port}`,
      ops: `${host}:${opsPort}`,
    };
  });
}
