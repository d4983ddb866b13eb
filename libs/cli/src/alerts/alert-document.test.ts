import { AlertSeverity } from '@switchyard/contracts/alert';
import { AlertMetric, HealthState } from '@switchyard/contracts/health';
import { expect, test } from 'vitest';
import { readAlertDocument } from './alert-document.ts';
import { planAlertSecrets } from './apply-alerts.ts';

const DOCUMENT = `
version: 1
receivers:
  - id: ops
    webhook: { url: 'https://hooks.example.com/a', secret: 'env:HOOK' }
  - id: team
    tenant: t1
    slack: { url: 'env:SLACK' }
  - id: mail
    email: { server: 'smtps://mail.example.com', from: a@example.com, to: [b@example.com], user: a, password: 'env:MAIL' }
rules:
  - { id: errors, metric: error_rate, threshold: 0.05, resolve_threshold: 0.01, for_seconds: 120, receivers: [ops, mail] }
  - { id: down, provider: openai, metric: state, worst_state: unavailable, severity: critical }
`;
const ENV = { HOOK: 'h', SLACK: 'https://hooks.slack.example/services/x\n', MAIL: 'm' };

const read = (text: string) => {
  const document = readAlertDocument(text);
  if (!document.ok) throw new Error(JSON.stringify(document.problems));
  return document.document;
};

test('a document gives receivers and rules; secrets become references', () => {
  const { receivers, rules } = read(DOCUMENT);
  expect(receivers).toMatchObject([
    { id: 'ops', target: { $case: 'webhook', value: { signingSecretRef: 'alert/ops' } } },
    { id: 'team', tenant: 't1', target: { $case: 'slack', value: { webhookRef: 'alert/team' } } },
    { id: 'mail', target: { $case: 'email', value: { passwordRef: 'alert/mail', to: ['b@example.com'] } } },
  ]);
  expect(rules).toMatchObject([
    {
      id: 'errors',
      metric: AlertMetric.ERROR_RATE,
      threshold: 0.05,
      resolveThreshold: 0.01,
      forSeconds: 120,
    },
    { worstState: HealthState.UNAVAILABLE, severity: AlertSeverity.CRITICAL, provider: 'openai' },
  ]);
});

test('secrets are bound to where they are used: a Slack address to itself', () => {
  const document = read(DOCUMENT);
  const { secrets, problems } = planAlertSecrets({ document, stored: [], store: 'missing', env: ENV });
  expect(problems).toEqual([]);
  expect(secrets.map(({ id, tenant, origin }) => [id, tenant, origin])).toEqual([
    ['alert/ops', '', 'https://hooks.example.com'],
    ['alert/team', 't1', 'https://hooks.slack.example'],
    ['alert/mail', '', 'smtps://mail.example.com:465'],
  ]);
});

test('a secret that is stored is left, unless it is to be stored again; one that is neither is told by its variable', () => {
  const document = read(DOCUMENT);
  const stored = [{ id: 'alert/ops', tenant: '', allowedOrigins: ['https://hooks.example.com'] }];
  const plan = (store: 'missing' | 'all') =>
    planAlertSecrets({ document, stored, store, env: { ...ENV, MAIL: '' } });
  expect(plan('missing').secrets.map(({ id }) => id)).toEqual(['alert/team']);
  expect(plan('all').secrets.map(({ id }) => id)).toEqual(['alert/ops', 'alert/team']);
  expect(plan('all').problems).toEqual([
    { path: 'receivers[2].email.password', description: 'MAIL is not set in the environment' },
  ]);
});

test('a secret that is stored for elsewhere is stored again', () => {
  const stored = [{ id: 'alert/ops', tenant: '', allowedOrigins: ['https://old.example.com'] }];
  const { secrets } = planAlertSecrets({ document: read(DOCUMENT), stored, store: 'missing', env: ENV });
  expect(secrets.map(({ id }) => id)).toContain('alert/ops');
});

test.each([
  ['version: 2', 'version'],
  ['version: 1\nrule: []', 'rule'],
  ['version: 1\nreceivers: [{ id: a }]', 'receivers[0]'],
  ['version: 1\nreceivers: [{ id: a, slack: { url: "https://x/very-secret" } }]', 'receivers[0].slack.url'],
  ['version: 1\nrules: [{ id: a, metric: speed }]', 'rules[0].metric'],
  ['version: 1\nrules: [{ id: a, for: 3 }]', 'rules[0].for'],
])('what is wrong with %j is told by its place, and no secret with it', (text, path) => {
  const document = readAlertDocument(text);
  expect(document).toMatchObject({
    ok: false,
    problems: expect.arrayContaining([expect.objectContaining({ path })]),
  });
  expect(JSON.stringify(document)).not.toContain('very-secret');
});
