import { readDescriptorImage } from '@switchyard/contracts';
import { HealthServiceService } from '@switchyard/contracts/health';
import type { Clock, Random } from '@switchyard/kernel';
import {
  type Authenticate,
  authenticateByCredential,
  defineService,
  type Foundation,
  type RunningService,
  serve,
  startFoundation,
} from '@switchyard/service-kit';
import { composeParts, type Parts } from './compose-parts.ts';
import type { HealthProbeConfig } from './config.ts';
import { getProviderHealth } from './rpc/get-provider-health.ts';
import { listProviderHealth } from './rpc/list-provider-health.ts';
import { watchProviderHealth } from './rpc/watch-provider-health.ts';

/** What tests replace. */
export interface ServiceOverrides {
  readonly authenticate?: Authenticate;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** Starts the health-probe service. It starts and serves what it knows while NATS, Postgres, routing or credential are away. */
export async function startService(
  config: HealthProbeConfig,
  overrides: ServiceOverrides = {},
): Promise<RunningService> {
  const started = await startFoundation('health-probe', config);
  await using stack = started.stack.move();
  const foundation: Foundation = { ...started, stack };
  const { clock = foundation.clock, random = Math.random } = overrides;
  const { authenticate = authenticateCallers(foundation, config) } = overrides;
  const parts = composeParts(foundation, { config, clock, random });
  const { grpcPort, opsPort } = await serve(foundation, {
    config,
    services: [defineHealthService(parts)],
    authenticate,
    errorDomain: 'switchyard.health',
    image: readDescriptorImage(),
  });
  // Ended first: a watch never ends by itself, and would hold the drain up to its grace.
  stack.defer(() => parts.table.endWatches());
  const running = stack.move();
  return {
    log: foundation.log,
    addresses: { grpc: `${config.host}:${grpcPort}`, ops: `${config.host}:${opsPort}` },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function authenticateCallers({ bus, names, clock }: Foundation, config: HealthProbeConfig): Authenticate {
  const target = { address: config.credentialAddress, apiKey: config.apiKey };
  const authenticator = authenticateByCredential({ target, bus, names, clock });
  return (authorization) => authenticator.authenticate(authorization);
}

function defineHealthService(parts: Parts) {
  return defineService(HealthServiceService, {
    listProviderHealth: { permission: 'health.read', handle: listProviderHealth(parts) },
    getProviderHealth: { permission: 'health.read', handle: getProviderHealth(parts) },
    watchProviderHealth: { permission: 'health.read', handle: watchProviderHealth(parts) },
  });
}
