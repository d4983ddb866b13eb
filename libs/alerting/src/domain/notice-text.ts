import { type AlertNotice, isoTime } from './alert-notice.ts';

/** One line: "FIRING (critical): primary-down, provider primary". */
export function titleOf({ event, severity, rule, subject }: AlertNotice): string {
  const about = Object.entries(subject).map(([name, value]) => `${name} ${value}`);
  return [`${event.toUpperCase()} (${severity}): ${rule}`, ...about].join(', ');
}

/** A message for people, as plain text. */
export function textOf(notice: AlertNotice): string {
  const { summary, source, tenant, alertId, firedAtMs, resolvedAtMs } = notice;
  const lines = [
    titleOf(notice),
    '',
    summary,
    '',
    `Fired:    ${isoTime(firedAtMs)}`,
    ...(resolvedAtMs === undefined ? [] : [`Resolved: ${isoTime(resolvedAtMs)}`]),
    `Alert:    ${alertId}`,
    `From:     ${source} of Switchyard${tenant === '' ? '' : `, tenant ${tenant}`}`,
  ];
  return `${lines.join('\n')}\n`;
}
