import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { testCertificate } from '@switchyard/testkit/test-certificate';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AlertNotice } from '../domain/alert-notice.ts';
import type { ReceiverTarget } from '../domain/receiver.ts';
import { type ReceiverSecret, tellReceiver } from './tell-receiver.ts';

const NOTICE: AlertNotice = {
  ...{
    event: 'firing',
    alertId: 'a-1',
    source: 'health-probe',
    tenant: 't1',
    rule: 'down',
    severity: 'critical',
  },
  subject: { provider: 'primary' },
  summary: 'error rate 80 %, at least 50 %',
  ...{
    metric: 'error_rate',
    value: 0.8,
    threshold: 0.5,
    firedAtMs: Date.UTC(2026, 0, 1),
    resolvedAtMs: undefined,
  },
};
const SENT_AT_MS = Date.UTC(2026, 0, 2);

let running: AsyncDisposableStack;
const secrets = new Map<string, ReceiverSecret>();

beforeAll(() => {
  setDefaultCACertificates([...getCACertificates(), readFileSync(testCertificate.caFile, 'utf8')]);
});
beforeEach(() => {
  running = new AsyncDisposableStack();
  secrets.clear();
});
afterEach(() => running.disposeAsync());

interface Told {
  readonly target: ReceiverTarget;
  readonly named?: readonly string[];
  readonly addresses?: readonly string[];
}

const tell = ({ target, named = [], addresses = ['127.0.0.1'] }: Told) =>
  tellReceiver(
    { id: 'd-1', receiver: { id: 'ops', tenant: 't1', target }, notice: NOTICE },
    {
      rules: { named: new Set(named), resolve: async () => addresses },
      readSecret: async ({ tenant, id }) => secrets.get(`${tenant}/${id}`),
      wallMs: () => SENT_AT_MS,
    },
  );

const secret = (id: string, value: string, ...allowedOrigins: string[]) =>
  secrets.set(`t1/${id}`, { value: Buffer.from(value), allowedOrigins });

interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function hook(status: number, headers: Record<string, string> = {}) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ url: request.url ?? '', headers: request.headers, body });
      response.writeHead(status, headers).end('words of the receiver');
    });
  });
  await listen(server);
  const host = `127.0.0.1:${portOf(server)}`;
  return { received, host, url: `http://${host}/hook?a=b` };
}

async function listen(server: Server): Promise<void> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  running.defer(() => new Promise((resolve) => server.close(() => resolve())));
}
const portOf = (server: Server): number => (server.address() as AddressInfo).port;

test('H6: a webhook is posted to, with a signature that its secret proves', async () => {
  const { received, host, url } = await hook(204);
  secret('sign', 'very-secret', `http://${host}`);
  const target = { kind: 'webhook', url, signingSecretRef: 'sign' } as const;
  expect(await tell({ target, named: [host] })).toEqual({ kind: 'delivered' });
  const [{ url: path, headers, body } = {} as Received] = received;
  expect([received.length, path, headers['webhook-id'], JSON.parse(body).type]).toEqual([
    1,
    '/hook?a=b',
    'd-1',
    'alert.firing',
  ]);
  const signed = `d-1.${SENT_AT_MS / 1_000}.${body}`;
  expect(headers['webhook-signature']).toBe(
    `v1,${createHmac('sha256', 'very-secret').update(signed).digest('base64')}`,
  );
  expect(`${JSON.stringify(headers)}${body}`).not.toContain('very-secret');
});

test.each([
  [500, false],
  [429, false],
  [302, true],
  [404, true],
])(
  'H6: HTTP %i: whether it is for good is %s; nobody is sent elsewhere, and no words are repeated',
  async (status, isFinal) => {
    const elsewhere = await hook(200);
    const { host, url } = await hook(status, { location: elsewhere.url });
    const outcome = await tell({
      target: { kind: 'webhook', url, signingSecretRef: '' },
      named: [host, elsewhere.host],
    });
    expect(outcome).toEqual({ kind: 'failed', isFinal, reason: `HTTP ${status}` });
    expect(elsewhere.received).toEqual([]);
  },
);

test('H6: nobody is told at an address inside the installation, written down or found, unless an operator named it', async () => {
  const { received, host } = await hook(200);
  const urls = [`https://${host}/`, 'https://inside.example/', 'https://169.254.169.254/latest'];
  for (const url of urls) {
    const outcome = await tell({ target: { kind: 'webhook', url, signingSecretRef: '' } });
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^the address of .* is not allowed$/),
    });
  }
  expect(received).toEqual([]);
});

test('H6: Slack is told at the address that is its secret, and only where that may go', async () => {
  const { received, host } = await hook(200);
  const target = { kind: 'slack', webhookRef: 'slack' } as const;
  expect(await tell({ target })).toMatchObject({ reason: 'there is no secret slack' });
  secret('slack', `http://${host}/services/T0/B0/token`, 'https://hooks.slack.example');
  expect(await tell({ target, named: [host] })).toMatchObject({
    reason: expect.stringContaining('allowed origins'),
  });
  expect(received).toEqual([]);
  secret('slack', 'http://hooks.slack.example/services/T0/B0/token', 'http://hooks.slack.example');
  expect(await tell({ target, addresses: ['203.0.113.7'] })).toMatchObject({
    isFinal: true,
    reason: expect.stringContaining('needs https'),
  });
  secret('slack', `http://${host}/services/T0/B0/token\n`, `http://${host}`);
  expect(await tell({ target, named: [host] })).toEqual({ kind: 'delivered' });
  expect([received[0]?.url, JSON.parse(received[0]?.body ?? '').text]).toEqual([
    '/services/T0/B0/token',
    expect.stringContaining('FIRING (critical): down, provider primary'),
  ]);
});

async function mailServer(options: SMTPServerOptions) {
  const mails: {
    readonly text: string;
    readonly to: readonly string[];
    readonly isTls: boolean;
    readonly user: unknown;
  }[] = [];
  const server = new SMTPServer({
    ...testCertificate.serverOptions(),
    onAuth: ({ username, password }, _, callback) =>
      callback(password === 'mail-secret' ? null : new Error('no'), { user: username }),
    onData(stream, session, callback) {
      void text(stream).then((mail) => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        mails.push({ text: mail, to, isTls: session.secure, user: session.user });
        callback();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  running.defer(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { mails, port: portOf(server.server) };
}

const mailTo = (server: string, user = 'alerts'): ReceiverTarget => ({
  ...{ kind: 'email', server, user, passwordRef: user === '' ? '' : 'mail' },
  ...{ from: 'switchyard@example.com', to: ['ops@example.com', 'dev@example.com'] },
});

test.each(['smtps', 'smtp'] as const)(
  'H6: people are written to by %s, over TLS, with a password',
  async (scheme) => {
    const { mails, port } = await mailServer({ secure: scheme === 'smtps' });
    const server = `${scheme}://localhost:${port}`;
    secret('mail', 'mail-secret', server);
    expect(await tell({ target: mailTo(server), named: [`localhost:${port}`] })).toEqual({
      kind: 'delivered',
    });
    const [mail] = mails;
    expect(mail).toMatchObject({ to: ['ops@example.com', 'dev@example.com'], isTls: true, user: 'alerts' });
    expect(mail?.text).toContain('Subject: FIRING (critical): down, provider primary');
    expect(mail?.text).toContain('Message-ID: <d-1@switchyard>');
  },
);

test('H6: a wrong password is for good, and is not told; a certificate of nobody is no TLS', async () => {
  const { mails, port } = await mailServer({ secure: true });
  const server = `smtps://localhost:${port}`;
  secret('mail', 'wrong-secret', server);
  expect(await tell({ target: mailTo(server), named: [`localhost:${port}`] })).toEqual({
    ...{ kind: 'failed', isFinal: true, reason: 'SMTP 535' },
  });
  const other = `smtps://other.test:${port}`;
  secret('mail', 'mail-secret', other);
  expect(await tell({ target: mailTo(other), named: [`other.test:${port}`] })).toMatchObject({
    ...{ kind: 'failed', isFinal: false },
  });
  expect(mails).toEqual([]);
});

test('H6: no mail server inside the installation is spoken to, unless an operator named it', async () => {
  const { mails, port } = await mailServer({ secure: false, disabledCommands: ['AUTH', 'STARTTLS'] });
  const target = mailTo(`smtp://inside.example:${port}`, '');
  expect(await tell({ target })).toMatchObject({ reason: 'the address of inside.example is not allowed' });
  expect(mails).toEqual([]);
  expect(await tell({ target, named: [`inside.example:${port}`] })).toEqual({ kind: 'delivered' });
  expect(mails[0]?.isTls).toBe(false);
});
