import { AlertRule as RuleMessage } from '@switchyard/contracts/health';
import type { Transaction } from '@switchyard/service-kit';
import { readAlertRule } from '../../domain/alerts/read-alert-rule.ts';
import type { AlertWatchState } from '../../ports.ts';
import { type AlertRow, openAlertOf } from './alert-rows.ts';

/** Most rules of all owners that are looked at. */
const MAX_RULES = 10_000;

/** All rules, and the alerts that are not resolved. A rule of a later version that says what this one does not know is left out. */
export async function readWatch(transaction: Transaction): Promise<AlertWatchState> {
  const rules = await transaction.query<{ definition: unknown }>(
    'SELECT definition FROM health_probe.alert_rules ORDER BY tenant, id LIMIT $1',
    [MAX_RULES],
  );
  const open = await transaction.query<AlertRow>(
    "SELECT * FROM health_probe.alerts WHERE state <> 'resolved'",
  );
  return {
    rules: rules.rows.flatMap(({ definition }) => {
      const rule = readAlertRule(RuleMessage.fromJSON(definition));
      return rule.ok ? [rule.value] : [];
    }),
    open: open.rows.map(openAlertOf),
  };
}
