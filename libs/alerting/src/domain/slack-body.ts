import { type AlertNotice, isoTime } from './alert-notice.ts';
import { titleOf } from './notice-text.ts';

/** The JSON of an incoming webhook of Slack, which Mattermost, Rocket.Chat and others take as well. */
export function slackBody(notice: AlertNotice): string {
  const lines = [
    `*${escaped(titleOf(notice))}*`,
    escaped(notice.summary),
    `since ${isoTime(notice.firedAtMs)}`,
  ];
  return JSON.stringify({ text: lines.join('\n') });
}

/** Source: https://docs.slack.dev/messaging/formatting-message-text#escaping */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
