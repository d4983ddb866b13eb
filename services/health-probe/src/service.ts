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
} from '@switchyard/service-kit';
import { composeParts, type Parts } from './compose-parts.ts';
import type { HealthProbeConfig } from './config.ts';
import { deleteAlertRule, listAlertRules, putAlertRule } from './rpc/alerts/alert-rules.ts';
import { listAlerts } from './rpc/alerts/list-alerts.ts';
import { deleteReceiver, listReceivers, putReceiver } from './rpc/alerts/receivers.ts';
import { testReceiver } from './rpc/alerts/test-receiver.ts';
import { getHealthHistory } from './rpc/get-health-history.ts';
import { getProviderHealth } from './rpc/get-provider-health.ts';
import { getUptime } from './rpc/get-uptime.ts';
import { listProbing } from './rpc/list-probing.ts';
import { listProviderHealth } from './rpc/list-provider-health.ts';
import { setProbing } from './rpc/set-probing.ts';
import { testProvider } from './rpc/test-provider.ts';
import { watchProviderHealth } from './rpc/watch-provider-health.ts';

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
    const { grpcPort, opsPort } = await serve(foundation, {
      config,
      services: [defineHealthService(parts), defineAlertService(parts)],
      authenticate,
      errorDomain: 'switchyard.health',
      image: readDescriptorImage(),
    });
    // Ended first: a watch never ends by itself, and would hold the drain up to its grace.
    foundation.stack.defer(() => parts.table.endWatches());
    return { grpc: `${config.host}:${grpcPort}`, ops: `${config.host}:${opsPort}` };
  });
}

function defineHealthService(parts: Parts) {
  return defineService(HealthServiceService, {
    listProviderHealth: { permission: 'health.read', handle: listProviderHealth(parts) },
    getProviderHealth: { permission: 'health.read', handle: getProviderHealth(parts) },
    watchProviderHealth: { permission: 'health.read', handle: watchProviderHealth(parts) },
    getHealthHistory: { permission: 'health.read', handle: getHealthHistory(parts) },
    getUptime: { permission: 'health.read', handle: getUptime(parts) },
    testProvider: { permission: 'health.test', handle: testProvider(parts) },
    listProbing: { permission: 'health.read', handle: listProbing(parts) },
    setProbing: { permission: 'health.write', handle: setProbing(parts) },
  });
}

function defineAlertService({ alerts, clock }: Parts) {
  const { store } = alerts;
  return defineService(AlertServiceService, {
    putAlertRule: { permission: 'health.alert.write', handle: putAlertRule(store) },
    listAlertRules: { permission: 'health.alert.read', handle: listAlertRules(store) },
    deleteAlertRule: { permission: 'health.alert.write', handle: deleteAlertRule(store) },
    putReceiver: { permission: 'health.alert.write', handle: putReceiver(alerts) },
    listReceivers: { permission: 'health.alert.read', handle: listReceivers(store) },
    deleteReceiver: { permission: 'health.alert.write', handle: deleteReceiver(store) },
    testReceiver: { permission: 'health.alert.write', handle: testReceiver({ ...alerts, clock }) },
    listAlerts: { permission: 'health.alert.read', handle: listAlerts(store) },
  });
}
