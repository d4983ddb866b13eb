import { createServer } from 'node:net';
import { GetDecisionRequest, InferenceServiceClient } from '@switchyard/contracts/routing';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import { identityOf, waitUntil } from '@switchyard/testkit/processes';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { NpmCommand, run } from './npm-command.ts';
import { curlAsFetch, printedCommands } from './printed-commands.ts';
import { alive, pidOf, pidsOf, statusOf } from './running-parts.ts';
import { createUser, readDevEnv, type User } from './user-environment.ts';

const READY = 'Ctrl-C drains and stops everything.';
const START_LIMIT_SECONDS = 60;

let user: User;

beforeAll(async () => {
  user = await createUser();
});

afterEach(async () => {
  const { exitCode, stdout, stderr } = await run('npm run -s stop', user.env);
  expect(exitCode, `${stdout}${stderr}`).toBe(0);
});

afterAll(() => user[Symbol.asyncDispose]());

async function startInForeground(): Promise<NpmCommand> {
  const command = new NpmCommand('npm start', user.env);
  await command.printed(READY);
  return command;
}

/** Asks for a completion by the address and the key of `dev.env`. @returns the request's id */
async function complete(): Promise<string> {
  const { SWITCHYARD_HTTP_URL: url, SWITCHYARD_API_KEY: key } = await readDevEnv(user);
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'hello' }] }),
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { switchyard: { request_id: string } }).switchyard.request_id;
}

/** Ids of the requests in the ledger, past the services. */
async function bookedRequests(): Promise<string[]> {
  const { DATABASE_URL } = await readDevEnv(user);
  const client = new pg.Client({ connectionString: DATABASE_URL });
  await client.connect();
  try {
    const { rows } = await client.query<{ request_id: string }>(
      'SELECT request_id FROM cost_accounting.ledger',
    );
    return rows.map((row) => row.request_id);
  } finally {
    await client.end();
  }
}

async function decisionProvider(requestId: string): Promise<string | undefined> {
  const { SWITCHYARD_GRPC_ADDRESS: address = '', SWITCHYARD_API_KEY: apiKey = '' } = await readDevEnv(user);
  const target = { address, apiKey };
  const client = openGrpcClient(InferenceServiceClient, target);
  try {
    const request = GetDecisionRequest.fromPartial({ requestId });
    const method = client.getDecision.bind(client);
    return (await callUnary({ method, request, target, timeoutMs: 5_000 })).decision?.route?.provider;
  } finally {
    client.close();
  }
}

it('is ready within 60 s; both printed commands answer; Ctrl-C leaves no process; the next start has the data', async () => {
  const first = await startInForeground();
  const seconds = Number(/Switchyard is ready \(([\d.]+) s\)/.exec(first.stdout)?.[1]);
  expect(seconds).toBeLessThan(START_LIMIT_SECONDS);
  expect(first.stdout).toContain('SIMULATED');

  const { curl, chat } = printedCommands(first.stdout);
  const byHttp = await curlAsFetch(curl, user.env);
  expect(byHttp.status).toBe(200);
  expect(await byHttp.text()).toContain('"object":"chat.completion"');
  const byGrpc = await run(chat, user.env);
  expect(byGrpc.exitCode, byGrpc.stderr).toBe(0);
  expect(byGrpc.stdout).toContain('Simulated answer');

  const requestId = await complete();
  const keyBefore = (await readDevEnv(user)).SWITCHYARD_API_KEY;
  const running = pidsOf(await statusOf(user));
  expect(running).toHaveLength(10);
  first.interrupt();
  const { stderr } = await first.ended();
  expect(stderr).not.toMatch(/^switchyard:/m);
  expect(alive(running)).toEqual([]);

  const second = await startInForeground();
  expect((await readDevEnv(user)).SWITCHYARD_API_KEY).toBe(keyBefore);
  expect(await decisionProvider(requestId)).toBe('sim-openai');
  expect(await bookedRequests()).toContain(requestId);
  second.interrupt();
  await second.ended();
});

it('stays in the background when asked to, refuses a second start, and stops from elsewhere', async () => {
  const detached = await run('npm start -- --detach', user.env);
  expect(detached.exitCode, detached.stderr).toBe(0);
  const status = await statusOf(user);
  expect(status.state).toBe('ready');
  expect(status.parts.map(({ name, state }) => `${name}: ${state}`).sort()).toEqual([
    'NATS: ready',
    'PostgreSQL: ready',
    'Redis: ready',
    'connector: ready',
    'cost-accounting: ready',
    'credential: ready',
    'health-probe: ready',
    'routing: ready',
    'simulator: ready',
  ]);

  const again = await run('npm start', user.env);
  expect(again.exitCode).toBe(1);
  expect(again.stderr).toContain(`switchyard: Switchyard runs already from ${user.stateDir}`);
  await complete();
  const tried = await run('npx switchyard test-provider --all --full', user.env);
  expect(tried.exitCode, `${tried.stdout}${tried.stderr}`).toBe(0);

  const stopped = await run('npm run -s stop', user.env);
  expect(stopped.stdout).toContain('Switchyard has stopped.');
  expect(alive(pidsOf(status))).toEqual([]);
  expect((await statusOf(user)).state).toBe('not_running');
});

it('starts again what dies, and cleans up after itself when it is killed', async () => {
  const started = await run('npm start -- --detach', user.env);
  expect(started.exitCode, started.stderr).toBe(0);
  const before = await statusOf(user);
  for (const name of ['connector', 'NATS']) process.kill(pidOf(before, name), 'SIGKILL');
  const isBack = async () => {
    const { parts } = await statusOf(user);
    return parts.every(({ state }) => state === 'ready') ? true : undefined;
  };
  await waitUntil({
    ask: () => (identityOf(pidOf(before, 'NATS')) === undefined ? true : undefined),
    timeoutMs: 5_000,
  });
  expect(await waitUntil({ ask: isBack, timeoutMs: 30_000, intervalMs: 500 })).toBe(true);
  const after = await statusOf(user);
  expect(pidOf(after, 'connector')).not.toBe(pidOf(before, 'connector'));
  expect(pidOf(after, 'NATS')).not.toBe(pidOf(before, 'NATS'));
  await complete();

  process.kill(after.pid as number, 'SIGKILL');
  const stopped = await run('npm run -s stop', user.env);
  expect(stopped.stdout).toContain('what was left of it');
  expect(alive(pidsOf(after))).toEqual([]);
});

it('names the port that is taken and leaves nothing running', async () => {
  const server = createServer();
  await new Promise<void>((resolve) =>
    server.listen(Number(user.env.CREDENTIAL_GRPC_PORT), '127.0.0.1', resolve),
  );
  try {
    const { exitCode, stderr } = await run('npm start', user.env);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      `switchyard: port ${user.env.CREDENTIAL_GRPC_PORT}, wanted for credential, is in use: stop what listens there, or set CREDENTIAL_GRPC_PORT to another port`,
    );
    expect((await statusOf(user)).state).toBe('not_running');
  } finally {
    server.close();
  }
});

it('says what a service refuses in its variables and leaves nothing running', async () => {
  const { exitCode, stderr } = await run('npm start', { ...user.env, CONNECTOR_MAX_CONCURRENCY: 'many' });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('CONNECTOR_MAX_CONCURRENCY must be a whole number');
  expect(stderr).not.toMatch(/^switchyard: +at /m);
  const { stdout } = await run('npm run -s stop', user.env);
  expect(stdout).toContain('Switchyard was not running.');
});

it('ends everything at once at the second Ctrl-C, whatever is under way', async () => {
  const command = await startInForeground();
  const running = pidsOf(await statusOf(user));
  const { SWITCHYARD_SIMULATOR_URL: simulator } = await readDevEnv(user);
  const latency = JSON.stringify({ provider: '*', latency: { firstTokenMs: 50_000 } });
  await fetch(`${simulator}/control/latency`, { method: 'PUT', body: latency });
  const underWay = complete().catch(() => 'cut off');
  await waitUntil({
    ask: async () => ((await statusOf(user)).state === 'ready' ? true : undefined),
    timeoutMs: 5_000,
  });
  command.interrupt();
  await command.printed('Draining routing');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(alive(running).length).toBeGreaterThan(0);
  const pressedAtMs = performance.now();
  command.interrupt();
  await command.ended();
  expect(performance.now() - pressedAtMs).toBeLessThan(10_000);
  expect(alive(running)).toEqual([]);
  expect(await underWay).toBe('cut off');
});
