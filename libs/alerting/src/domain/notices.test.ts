import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import type { AlertNotice } from './alert-notice.ts';
import { afterAttempt, MAX_ATTEMPTS } from './delivery-plan.ts';
import { textOf, titleOf } from './notice-text.ts';
import { mayGoTo, readPlace } from './place.ts';
import { readReceiver } from './read-receiver.ts';
import type { Place } from './receiver.ts';
import { signedHeaders } from './sign-webhook.ts';
import { slackBody } from './slack-body.ts';
import { webhookBody } from './webhook-body.ts';

const NOTICE: AlertNotice = {
  ...{
    event: 'resolved',
    alertId: 'a-1',
    source: 'health-probe',
    tenant: 't1',
    rule: 'down',
    severity: 'critical',
  },
  subject: { provider: 'p<1>' },
  summary: 'error rate 0 %',
  ...{ metric: 'error_rate', value: undefined, threshold: 0.5 },
  ...{ firedAtMs: Date.UTC(2026, 0, 1), resolvedAtMs: Date.UTC(2026, 0, 2) },
};

test('H6: a webhook gets what happened to what and when; an unknown value is null', () => {
  expect(JSON.parse(webhookBody(NOTICE))).toEqual({
    type: 'alert.resolved',
    timestamp: '2026-01-02T00:00:00.000Z',
    data: {
      ...{ alert_id: 'a-1', source: 'health-probe', tenant: 't1', rule: 'down', severity: 'critical' },
      subject: { provider: 'p<1>' },
      ...{ summary: 'error rate 0 %', metric: 'error_rate', value: null, threshold: 0.5 },
      ...{ fired_at: '2026-01-01T00:00:00.000Z', resolved_at: '2026-01-02T00:00:00.000Z' },
    },
  });
});

test('H6: Slack gets one text in which names can be no markup', () => {
  expect(JSON.parse(slackBody(NOTICE)).text).toContain('*RESOLVED (critical): down, provider p&lt;1&gt;*');
});

test('H6: people get a title and both times', () => {
  expect(titleOf(NOTICE)).toBe('RESOLVED (critical): down, provider p<1>');
  expect(textOf(NOTICE)).toContain('Resolved: 2026-01-02T00:00:00.000Z');
});

// Example of the specification's own libraries: https://github.com/standard-webhooks/standard-webhooks
test('H6: a signature is that of Standard Webhooks, of plain secrets and of encoded ones', () => {
  const content = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestampS: 1_614_265_330,
    body: '{"test": 2432232314}',
  };
  const encoded = Buffer.from('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
  expect(signedHeaders(content, encoded)).toEqual({
    'webhook-id': content.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
  const plain = createHmac('sha256', 'plain')
    .update(`${content.id}.1614265330.${content.body}`)
    .digest('base64');
  expect(signedHeaders(content, Buffer.from('plain'))['webhook-signature']).toBe(`v1,${plain}`);
});

test.each<[string, Place['scheme'][], string | undefined]>([
  ['https://hooks.example.com/a?b=c', ['https'], 'hooks.example.com:443'],
  ['HTTPS://Hooks.example.com', ['https'], 'hooks.example.com:443'],
  ['smtps://mail.example.com', ['smtps'], 'mail.example.com:465'],
  ['https://0x7f.1/', ['https'], '127.0.0.1:443'],
  ['http://hooks.example.com/', ['https'], undefined],
  ['https://user:pw@hooks.example.com/', ['https'], undefined],
  ['https://hooks.example.com\\@evil.example/', ['https'], undefined],
  ['https://hooks.example.com /', ['https'], undefined],
  ['file:///etc/passwd', ['https'], undefined],
])('H6: %s leads to %3$s', (url, schemes, expected) => {
  const place = readPlace(url, schemes);
  expect(place && `${place.host}:${place.port}`).toBe(expected);
});

test('H6: a secret goes to its own origins only', () => {
  const place = { scheme: 'https', host: 'a.example', port: 443 } as const;
  expect(mayGoTo(place, ['https://b.example', 'https://a.example'])).toBe(true);
  expect(mayGoTo(place, ['https://a.example:8443', 'smtps://a.example:443'])).toBe(false);
  expect(mayGoTo(place, [])).toBe(false);
});

const EMAIL = {
  server: 'smtps://mail.example.com',
  from: 'a@b.example',
  to: ['c@d.example'],
  user: '',
  passwordRef: '',
};

test.each([
  ['receiver.id', { id: 'A b', target: { $case: 'slack', value: { webhookRef: 'x' } } }],
  ['receiver.target', { id: 'a', target: undefined }],
  [
    'receiver.webhook.url',
    { id: 'a', target: { $case: 'webhook', value: { url: 'ftp://x', signingSecretRef: '' } } },
  ],
  ['receiver.slack.webhook_ref', { id: 'a', target: { $case: 'slack', value: { webhookRef: '' } } }],
  ['receiver.email.server', { id: 'a', target: { $case: 'email', value: { ...EMAIL, server: 'mail' } } }],
  [
    'receiver.email.from',
    { id: 'a', target: { $case: 'email', value: { ...EMAIL, from: 'a@b\r\nBcc: x@y' } } },
  ],
  ['receiver.email.to', { id: 'a', target: { $case: 'email', value: { ...EMAIL, to: [] } } }],
  [
    'receiver.email.to[1]',
    { id: 'a', target: { $case: 'email', value: { ...EMAIL, to: ['c@d.example', 'x, y@z'] } } },
  ],
  ['receiver.email.password_ref', { id: 'a', target: { $case: 'email', value: { ...EMAIL, user: 'u' } } }],
])('H6: what is wrong with a receiver is told by its field: %s', (field, receiver) => {
  expect(readReceiver({ tenant: '', ...receiver } as Parameters<typeof readReceiver>[0])).toMatchObject({
    ok: false,
    error: { field },
  });
});

test('H6: a failed delivery is tried again later and later, and not for ever', () => {
  const failed = { kind: 'failed', isFinal: false, reason: 'x' } as const;
  const delays = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, index) => {
    const next = afterAttempt(failed, { attempts: index + 1, random: () => 0.5 });
    return next.kind === 'again' ? next.afterMs : 0;
  });
  expect(delays.slice(0, 3)).toEqual([11_250, 22_500, 45_000]);
  const minutes = delays.reduce((sum, ms) => sum + ms, 0) / 60_000;
  expect(Math.round(minutes)).toBe(46);
  expect(Math.max(...delays)).toBeLessThanOrEqual(900_000);
  expect(afterAttempt(failed, { attempts: MAX_ATTEMPTS, random: () => 0 })).toMatchObject({ kind: 'failed' });
  expect(afterAttempt({ ...failed, isFinal: true }, { attempts: 1, random: () => 0 })).toMatchObject({
    kind: 'failed',
  });
});
