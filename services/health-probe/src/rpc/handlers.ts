import type { Parts } from '../compose-parts.ts';
import { deleteAlertRule, listAlertRules, putAlertRule } from './alerts/alert-rules.ts';
import { listAlerts } from './alerts/list-alerts.ts';
import { deleteReceiver, listReceivers, putReceiver } from './alerts/receivers.ts';
import { testReceiver } from './alerts/test-receiver.ts';
import { getHealthHistory } from './get-health-history.ts';
import { getProviderHealth } from './get-provider-health.ts';
import { getUptime } from './get-uptime.ts';
import { listProbing } from './list-probing.ts';
import { listProviderHealth } from './list-provider-health.ts';
import { setProbing } from './set-probing.ts';
import { testProvider } from './test-provider.ts';
import { watchProviderHealth } from './watch-provider-health.ts';

export type HealthHandlers = ReturnType<typeof healthHandlers>;
export type AlertHandlers = ReturnType<typeof alertHandlers>;

/** The RPCs of `HealthService`, each with what it needs. */
export function healthHandlers(parts: Parts) {
  return {
    listProviderHealth: { permission: 'health.read', handle: listProviderHealth(parts) },
    getProviderHealth: { permission: 'health.read', handle: getProviderHealth(parts) },
    watchProviderHealth: { permission: 'health.read', handle: watchProviderHealth(parts) },
    getHealthHistory: { permission: 'health.read', handle: getHealthHistory(parts) },
    getUptime: { permission: 'health.read', handle: getUptime(parts) },
    testProvider: { permission: 'health.test', handle: testProvider(parts) },
    listProbing: { permission: 'health.read', handle: listProbing(parts) },
    setProbing: { permission: 'health.write', handle: setProbing(parts) },
  } as const;
}

/** Those of `AlertService`. */
export function alertHandlers({ alerts, clock }: Parts) {
  const { store } = alerts;
  return {
    putAlertRule: { permission: 'health.alert.write', handle: putAlertRule(store) },
    listAlertRules: { permission: 'health.alert.read', handle: listAlertRules(store) },
    deleteAlertRule: { permission: 'health.alert.write', handle: deleteAlertRule(store) },
    putReceiver: { permission: 'health.alert.write', handle: putReceiver(alerts) },
    listReceivers: { permission: 'health.alert.read', handle: listReceivers(store) },
    deleteReceiver: { permission: 'health.alert.write', handle: deleteReceiver(store) },
    testReceiver: { permission: 'health.alert.write', handle: testReceiver({ ...alerts, clock }) },
    listAlerts: { permission: 'health.alert.read', handle: listAlerts(store) },
  } as const;
}
