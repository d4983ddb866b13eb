import { type AlertNotice, isoTime } from './alert-notice.ts';

/** The JSON that a webhook gets, in the shape of Standard Webhooks: a type, a time and the data. */
export function webhookBody(notice: AlertNotice): string {
  const { event, alertId, firedAtMs, resolvedAtMs, value, ...named } = notice;
  return JSON.stringify({
    type: `alert.${event}`,
    timestamp: isoTime(resolvedAtMs ?? firedAtMs),
    data: {
      alert_id: alertId,
      ...named,
      value: value ?? null,
      fired_at: isoTime(firedAtMs),
      resolved_at: resolvedAtMs === undefined ? null : isoTime(resolvedAtMs),
    },
  });
}
