import type {
  DeleteAlertRuleRequest,
  DeleteAlertRuleResponse,
  ListAlertRulesRequest,
  ListAlertRulesResponse,
  PutAlertRuleRequest,
  PutAlertRuleResponse,
} from '@switchyard/contracts/health';
import { invalidArgument } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import { readAlertRule, withDefaults } from '../../domain/alerts/read-alert-rule.ts';
import { alertRuleNotFound, tooManyAlertRules } from '../../errors.ts';
import type { AlertStore } from '../../ports.ts';
import { ownerOfAlerts } from './owner-of-alerts.ts';

/** Stores a rule. A provider that it names need not exist yet. */
export function putAlertRule(store: AlertStore): UnaryHandler<PutAlertRuleRequest, PutAlertRuleResponse> {
  return async ({ rule: given }, { principal }) => {
    if (given === undefined) throw invalidArgument({ field: 'rule', description: 'is required' });
    const tenant = ownerOfAlerts(principal, given.tenant);
    const rule = withDefaults({ ...given, tenant });
    const read = readAlertRule(rule);
    if (!read.ok) throw invalidArgument(read.error);
    const known = new Set((await store.receivers(tenant)).map(({ id }) => id));
    const unknown = rule.receivers.findIndex((id) => !known.has(id));
    if (unknown >= 0)
      throw invalidArgument({
        field: `rule.receivers[${unknown}]`,
        description: 'there is no such receiver',
      });
    if (!(await store.putRule(rule))) throw tooManyAlertRules();
    return { rule };
  };
}

/** Lists the rules of one owner. */
export function listAlertRules(
  store: AlertStore,
): UnaryHandler<ListAlertRulesRequest, ListAlertRulesResponse> {
  return async ({ tenant }, { principal }) => ({
    rules: [...(await store.rules(ownerOfAlerts(principal, tenant)))],
  });
}

/** Removes a rule. */
export function deleteAlertRule(
  store: AlertStore,
): UnaryHandler<DeleteAlertRuleRequest, DeleteAlertRuleResponse> {
  return async ({ id, tenant }, { principal }) => {
    const isGone = await store.deleteRule({ id, tenant: ownerOfAlerts(principal, tenant) });
    if (!isGone) throw alertRuleNotFound();
    return {};
  };
}
