import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { sameDay } from '@switchyard/testkit/same-day';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SimulatorControl } from '../support/simulator-control.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';
import { type CommandResult, runSwitchyard, startSwitchyard } from './run-switchyard.ts';

let started: TestFleet;
let control: SimulatorControl;

beforeAll(async () => {
  started = await startTestFleet();
  control = new SimulatorControl(started.fleet.simulatorUrl);
});

afterAll(() => started?.[Symbol.asyncDispose]());

const run = (args: readonly string[], input = ''): Promise<CommandResult> =>
  runSwitchyard(args, { env: started.fleet.devEnv, input });

/** What a command prints for people; it must not fail. */
async function textOf(...args: string[]): Promise<string> {
  const { code, out, err } = await run(args);
  expect([code, err], args.join(' ')).toEqual([0, '']);
  return out;
}

/** What a command prints for programs. */
// biome-ignore lint/suspicious/noExplicitAny: each command has a shape of its own, and the assertions say which
const jsonOf = async (...args: string[]): Promise<any> => JSON.parse(await textOf(...args, '--json'));

/** A cell of a table is followed by two blanks or more. */
const rowsOf = (table: string): string[][] =>
  table
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/));

const answerId = (out: string): string => /request ([0-9a-f-]{36})/.exec(out)?.[1] ?? 'none';

test('providers: a table that marks the current one, and the same as JSON', async () => {
  const table = await textOf('providers');
  expect(rowsOf(table)[0]).toEqual(
    'PROVIDER,STATE,SUCCESS,REQUESTS,P50,P95,LAST OK,LAST FAIL,UP 24 H,ACTIVE'.split(','),
  );
  expect(table).toMatch(/^▸ +primary \(simulated\) /m);
  expect(table).toMatch(/^ +secondary \(simulated\) /m);
  const statuses = await jsonOf('providers');
  expect(statuses.map(({ provider }: { provider: { id: string } }) => provider.id).sort()).toEqual([
    'primary',
    'secondary',
  ]);
});

test('models: prices and capabilities, filtered on demand', async () => {
  expect(await textOf('models')).toMatch(/^primary\/sim-fast +\$0\.1 +\$0\.4 +128000 +global +text vision/m);
  const found = await jsonOf('models', '--provider', 'secondary', '--capability', 'reasoning');
  expect(found.map(({ model }: { model: string }) => model)).toEqual(['sim-smart']);
  expect(await textOf('models', '--provider', 'nobody')).toMatch(/^No model fits/);
});

test('route --explain: every candidate with its price or what excludes it, and nobody is called', async () => {
  const table = await textOf('route', '--explain', '--model', 'sim-smart', 'hello');
  expect(table).toMatch(/^primary\/sim-smart: first by priority \(10\) of 2 candidates/);
  expect(table).toMatch(/^ *1 +primary\/sim-smart +\$0\.00\d+ /m);
  expect(table).toMatch(/^ *2 +secondary\/sim-smart /m);
  const excluded = await textOf('route', '--explain', '--region', 'eu-west');
  expect(excluded).toMatch(/^No candidate fits/);
  expect(excluded).toContain('residency: data may go to eu-west; nobody states where it is processed');
  expect(await run(['route', '--why-not', 'nobody', 'hello'])).toMatchObject({
    code: 2,
    err: '--why-not: there is no provider nobody; there are primary, secondary. "switchyard apply" adds one.\n',
  });
  const decision = await jsonOf('route', '--max-cost', '0.000000001');
  expect(decision.candidates[0].exclusions[0].constraint).toBe('max_cost');
  // Probes go to the cheapest model, so nothing but a caller asks for this one.
  expect((await control.stats()).providers.primary?.models).not.toHaveProperty('sim-smart');
});

test('chat: one answer from words, several from lines, each with who served it and its cost', async () => {
  const once = await textOf('chat', 'Hello', 'there');
  expect(once).toMatch(
    /^Simulated answer: .*\n\[primary\/sim-fast, request [0-9a-f-]{36}, \$0\.0000\d+\]\n$/,
  );
  const { code, out } = await run(
    ['chat', '--model', 'sim-smart'],
    'Hello\n/providers\nAnd again\n/quit\nNever\n',
  );
  expect(code).toBe(0);
  expect(out.match(/Simulated answer:/g)).toHaveLength(2);
  expect(out).toMatch(/\[primary\/sim-smart, [\s\S]*LAST OK[\s\S]*\[primary\/sim-smart, /);
  expect(await run(['chat'], '')).toMatchObject({ code: 0, out: '' });
});

test('chat: an error is told and the conversation goes on', async () => {
  const { code, out } = await run(['chat', '--model', 'nobody/nothing'], 'Hello\n/health\n');
  expect([code, out.split('\n')[0]]).toEqual([0, expect.stringMatching(/^MODEL_NOT_FOUND: /)]);
  expect(out).toContain('LAST OK');
});

test('decision: after a failover it names every attempt, what it cost and why it failed', async () => {
  await control.setFaults('primary', [{ fault: { type: 'status', status: 503 } }]);
  const requestId = answerId(await textOf('chat', '--model', 'sim-fast', 'Hello'));
  await control.clearFaults();
  const shown = await textOf('decision', requestId);
  expect(shown).toMatch(/for "sim-fast" at .*: fallback_success\./);
  expect(shown).toMatch(/^primary\/sim-fast +overloaded +503 /m);
  expect(shown).toMatch(/^secondary\/sim-fast +ok +200 /m);
  expect((await jsonOf('decision', requestId)).attempts).toHaveLength(2);
  const unknown = await run(['decision', '01a1fd25-f988-7272-9d10-8591c0e9faf1']);
  expect([unknown.code, unknown.out]).toEqual([1, '']);
  expect(unknown.err).toMatch(/^DECISION_NOT_FOUND: there is no decision/);
});

test('costs: requests and money by group with a total, once the ledger has them', async () => {
  await textOf('chat', '--model', 'sim-fast', 'Hello');
  await expect
    .poll(() => textOf('costs', '--by', 'provider,model', '--since', '1h'), { timeout: 20_000 })
    .toMatch(/^primary +sim-fast +\d+ /m);
  const table = rowsOf(await textOf('costs'));
  expect(table[0]?.slice(0, 6)).toEqual(['PROVIDER', 'MODEL', 'REQUESTS', 'ATTEMPTS', 'SUCCESS', 'COST']);
  expect(table.at(-1)?.[0]).toBe('total');
  const { total } = await jsonOf('costs', '--by', 'agent');
  expect(BigInt(total.costNanoUsd)).toBeGreaterThan(0n);
  const { providers, summary } = await jsonOf('costs', 'analytics');
  expect(summary.total_requests).toBeGreaterThan(0);
  expect(providers.map(({ provider }: { provider: string }) => provider)).toContain('primary');
  expect(await run(['costs', '--by', 'luck'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('has luck; known are tenant, provider'),
  });
});

test('budgets: one that runs low is told of and decides on another model; prices: terms come into force', async () => {
  const explained = () => textOf('route', '--explain', '--model', 'sim-smart', 'hello');
  const downgrade = ['--alert-only', '--per', 'day', '--downgrade-at', '50', '--downgrade-to', 'sim-fast'];
  await sameDay(120_000);
  await textOf('budgets', 'set', 'low', '--usd', '0.000001', ...downgrade);
  await textOf('chat', '--model', 'sim-smart', 'Hello');
  await expect
    .poll(explained, { timeout: 60_000 })
    .toMatch(/^primary\/sim-fast: .*; downgraded by the installation's budget "low" \(/);
  const told = () => textOf('budgets', 'get', 'low');
  expect(await told()).toContain('From 50 % on, requests are decided on sim-fast (in force).');
  await expect.poll(told).toMatch(/^used up +\S+Z .* nats firing/m);
  await textOf('budgets', 'delete', 'low');
  const terms = [
    '--provider',
    'primary',
    '--model',
    'sim-smart',
    '--price',
    'input=0',
    '--price',
    'output=0',
  ];
  expect(await textOf('prices', 'set', 'free', ...terms)).toMatch(
    /^free +primary\/sim-smart +input \$0\/M, output \$0\/M +/m,
  );
  await expect.poll(explained, { timeout: 60_000 }).toMatch(/^ *1 +primary\/sim-smart +\$0 /m);
  await textOf('prices', 'end', 'free');
  await expect.poll(explained, { timeout: 60_000 }).toMatch(/^ *1 +primary\/sim-smart +\$0\.\d+ /m);
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const rerate = [
    '--from',
    from,
    '--until',
    new Date().toISOString(),
    '--discount',
    '50',
    '--reason',
    'tried',
  ];
  expect(await textOf('prices', 'rerate', ...rerate, '--dry-run')).toMatch(
    /^\d+ of \d+ calls would be adjusted: \$0\.\d+ → \$0\.\d+.* \(dry run: nothing was changed\)$/m,
  );
}, 240_000);

test('batches: listed, told of, and cancelled', async () => {
  const { fleet } = started;
  const client = new OpenAI({ apiKey: fleet.apiKey, baseURL: `${fleet.process('routing').spec.httpUrl}/v1` });
  const line = { custom_id: 'a', method: 'POST', url: '/v1/chat/completions' };
  const body = { model: 'sim-smart', messages: [{ role: 'user', content: 'Hello' }] };
  const file = await toFile(Buffer.from(JSON.stringify({ ...line, body })), 'in.jsonl');
  const { id: input_file_id } = await client.files.create({ purpose: 'batch', file });
  const begin = async () => {
    const asked = { input_file_id, endpoint: '/v1/chat/completions', completion_window: '24h' } as const;
    return (await client.batches.create(asked)).id;
  };
  const done = await begin();
  await expect.poll(() => textOf('batches', 'get', done), { timeout: 20_000 }).toContain(' completed ');
  expect(await textOf('batches')).toMatch(new RegExp(`^${done} +completed +1 +1 +0 +\\$0\\.\\d+ `, 'm'));
  expect(await textOf('batches', 'get', done)).toMatch(/^Answers: file-/m);
  expect(await run(['batches', 'cancel', done])).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^BATCH_ENDED: /),
  });
  // Its line is under way until then; nobody else is held up.
  const slow = {
    match: { model: 'sim-smart' },
    count: 1,
    fault: { type: 'delay', firstTokenMs: 20_000 },
  } as const;
  await control.setFaults('*', [slow]);
  const waiting = await begin();
  expect(await textOf('batches', 'cancel', waiting)).toBe(
    `${waiting} is cancelling: no further line begins.\n`,
  );
  await expect
    .poll(async () => (await jsonOf('batches', 'get', waiting)).state, { timeout: 60_000 })
    .toBe('cancelled');
  await control.clearFaults();
  expect((await jsonOf('batches')).map(({ id }: { id: string }) => id)).toEqual([waiting, done]);
});

test('keys: made, listed, rotated and revoked; the secret is shown once and works until it is revoked', async () => {
  const created = await jsonOf('keys', 'create', 'robot', '--role', 'agent');
  const withKey = (apiKey: string) =>
    runSwitchyard(['models', '--json'], { env: { ...started.fleet.devEnv, SWITCHYARD_API_KEY: apiKey } });
  expect((await withKey(created.secret)).code).toBe(0);
  const listed = await textOf('keys');
  expect(listed).toMatch(new RegExp(`^${created.apiKey.id} +robot +agent +default +sy_`, 'm'));
  expect(listed).not.toContain(created.secret);
  const rotated = await jsonOf('keys', 'rotate', created.apiKey.id);
  expect((await withKey(rotated.secret)).code).toBe(0);
  expect(await textOf('keys', 'revoke', rotated.apiKey.id)).toMatch(/is revoked/);
  await expect.poll(async () => (await withKey(rotated.secret)).code, { timeout: 30_000 }).toBe(1);
  expect((await withKey(created.secret)).err).toMatch(/^KEY_UNKNOWN/);
});

test('events tail: usage as lines of JSON while it happens, until Ctrl-C; and again from a time on', async () => {
  const tail = startSwitchyard(['events', 'tail'], started.fleet.devEnv);
  const lines: Record<string, unknown>[] = [];
  let rest = '';
  tail.stdout?.on('data', (data) => {
    const parts = (rest + data).split('\n');
    rest = parts.pop() as string;
    lines.push(...parts.map((line) => JSON.parse(line)));
  });
  const requestIds: string[] = [];
  await expect
    .poll(
      async () => {
        requestIds.push(answerId(await textOf('chat', '--model', 'sim-fast', 'Hello')));
        return lines.find(({ requestId }) => requestIds.includes(requestId as string));
      },
      { timeout: 20_000, interval: 300 },
    )
    .toMatchObject({
      subject: expect.stringMatching(/\.usage\.v1\.default$/),
      provider: 'primary',
      model: 'sim-fast',
      outcome: 'ok',
      costNanoUsd: expect.stringMatching(/^\d+$/),
    });
  tail.kill('SIGINT');
  expect(await tail.result).toMatchObject({ code: 0, err: '' });

  const replayed = startSwitchyard(['events', 'tail', '--since', '10m'], started.fleet.devEnv);
  let text = '';
  replayed.stdout?.on('data', (data) => (text += data));
  // The last line may not be here to its end.
  const told = () =>
    text
      .split('\n')
      .slice(0, -1)
      .filter((line) => line.includes(requestIds[0] as string));
  await expect.poll(told, { timeout: 20_000 }).not.toHaveLength(0);
  const [first] = told();
  expect(JSON.parse(first as string)).toMatchObject({
    subject: expect.stringMatching(/\.usage\.v1\.default$/),
  });
  replayed.kill('SIGINT');
  expect(await replayed.result).toMatchObject({ code: 0, err: '' });
});

test('the subscriber of the README prints what a call cost', async () => {
  const example = fileURLToPath(new URL('../../libs/cli/examples/usage-events.ts', import.meta.url));
  const subscriber = spawn(process.execPath, [example], { env: started.fleet.devEnv });
  let printed = '';
  subscriber.stdout.on('data', (data) => (printed += data));
  try {
    await expect
      .poll(
        async () => {
          await textOf('chat', '--model', 'sim-smart', 'Hello');
          return printed;
        },
        { timeout: 20_000, interval: 300 },
      )
      .toMatch(
        /tenant: 'default',\s+agent: '',\s+provider: 'primary',\s+model: 'sim-smart',\s+outcome: 'ok',\s+cost: '\$0\.0/,
      );
  } finally {
    subscriber.kill();
  }
});

test('the README shows the subscriber as it is', async () => {
  const root = new URL('../../', import.meta.url);
  const [example, readme] = await Promise.all(
    ['libs/cli/examples/usage-events.ts', 'README.md'].map((file) => readFile(new URL(file, root), 'utf8')),
  );
  expect(readme).toContain(example?.slice(example.indexOf('import ')));
});

test('whoever stops reading ends the command in peace', async () => {
  const child = startSwitchyard(['models'], started.fleet.devEnv);
  child.stdout?.destroy();
  expect(await child.result).toMatchObject({ code: 0, err: '' });
});
