import { settleDelivery } from '@switchyard/alerting';
import { Receiver as ReceiverMessage } from '@switchyard/contracts/alert';
import { AlertRule as RuleMessage } from '@switchyard/contracts/health';
import { uuidV7 } from '@switchyard/kernel';
import type { Postgres } from '@switchyard/service-kit';
import type { AlertStore } from '../../ports.ts';
import { ownerOf, SCHEMA } from '../health-rows.ts';
import { deleteDefinition, listDefinitions, putDefinition } from './definitions.ts';
import { forgetAlerts } from './forget-alerts.ts';
import { listAlerts } from './list-alerts.ts';
import { readWatch } from './read-watch.ts';
import { recordAlerts } from './record-alerts.ts';
import { takeDeliveries } from './take-deliveries.ts';

/** Rules and receivers of one owner at the most. */
const MAX_RULES = 200;
const MAX_RECEIVERS = 100;

/** Alerts in the service's own database. What belongs to an owner is read and written as that owner. */
export function postgresAlertStore(postgres: Postgres, wallMs: () => number): AlertStore {
  const newId = () => uuidV7(wallMs());
  const as: Postgres['asTenant'] = (tenant, run) => postgres.asTenant(ownerOf(tenant), run);
  return {
    readWatch: () => postgres.asSystem(readWatch),
    record: ({ owner }, changes) =>
      postgres.asSystem((transaction) => recordAlerts(transaction, { owner, changes, newId })),
    claim: ({ owner }, limit) =>
      postgres.asSystem((transaction) => takeDeliveries(transaction, { owner, limit })),
    settle: (id, next) =>
      postgres.asSystem((transaction) => settleDelivery(transaction, { schema: SCHEMA, id, next })),
    forget: (beforeMs) => postgres.asSystem((transaction) => forgetAlerts(transaction, beforeMs)),
    list: (page) => as(page.tenant, (transaction) => listAlerts(transaction, page)),
    putRule: (rule) =>
      as(rule.tenant, (transaction) => {
        const definition = RuleMessage.toJSON(rule);
        return putDefinition(transaction, 'alert_rules', { ...rule, definition, max: MAX_RULES });
      }),
    rules: async (tenant) =>
      (await as(tenant, (transaction) => listDefinitions(transaction, 'alert_rules', tenant))).map((one) =>
        RuleMessage.fromJSON(one),
      ),
    deleteRule: (name) =>
      as(name.tenant, (transaction) => deleteDefinition(transaction, 'alert_rules', name)),
    putReceiver: (receiver) =>
      as(receiver.tenant, (transaction) => {
        const definition = ReceiverMessage.toJSON(receiver);
        return putDefinition(transaction, 'alert_receivers', { ...receiver, definition, max: MAX_RECEIVERS });
      }),
    receivers: async (tenant) =>
      (await as(tenant, (transaction) => listDefinitions(transaction, 'alert_receivers', tenant))).map(
        (one) => ReceiverMessage.fromJSON(one),
      ),
    deleteReceiver: (name) =>
      as(name.tenant, (transaction) => deleteDefinition(transaction, 'alert_receivers', name)),
  };
}
