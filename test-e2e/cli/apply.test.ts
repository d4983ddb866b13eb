import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditServiceClient, ListAuditEntriesRequest } from '@switchyard/contracts/credential';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';
import { type CommandResult, runSwitchyard } from './run-switchyard.ts';

const KEY = 'sk-canary-of-the-apply-test';
let started: TestFleet;
let folder: string;
let file: string;
/** Everything that any command has printed. */
let printed = '';

beforeAll(async () => {
  started = await startTestFleet();
  folder = await mkdtemp(join(tmpdir(), 'switchyard-apply-'));
  file = join(folder, 'switchyard.yaml');
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await started?.[Symbol.asyncDispose]();
});

async function run(...args: string[]): Promise<CommandResult> {
  const { TEST_KEY, ...devEnv } = { ...started.fleet.devEnv, TEST_KEY: KEY };
  const isKeyless = args[0] === 'keyless';
  const env = isKeyless ? devEnv : { ...devEnv, TEST_KEY };
  const result = await runSwitchyard(isKeyless ? args.slice(1) : args, { env });
  printed += result.out + result.err;
  return result;
}

async function textOf(...args: string[]): Promise<string> {
  const { code, out, err } = await run(...args);
  expect([code, err], args.join(' ')).toEqual([0, '']);
  return out;
}

const BUDGETS = `budgets:
  - { id: monthly, usd: 100.5, period: month, time_zone: Europe/Berlin, alert_percents: [80] }
`;

const document = () => `
version: 1
providers:
  - id: third
    wire_format: openai-chat
    base_url: ${started.fleet.simulatorUrl}/primary/v1
    catalog_id: sim-openai
    credential: env:TEST_KEY
    simulated: true
    tags: [gdpr]
pools:
  - id: fast
    description: answers at once
    members:
      - { provider: third, model: sim-fast, weight: 3 }
      - { provider: secondary, model: sim-fast }
    strategy: weighted
    task_types: [quick_decision]
policies:
  - requirements: { capabilities: [text] }
experiments:
  - id: slower
    model: sim-smart
    variants:
      - { name: control, model: sim-smart, weight: 9 }
      - { name: new, model: fast, weight: 1 }
    sticky_by: agent
    state: running
${BUDGETS}`;

test('a document is shown first, then applied, and again changes nothing', async () => {
  await writeFile(file, document());
  const before = await textOf('export');
  const missing = await run('keyless', 'apply', '-f', file);
  expect(missing).toMatchObject({
    code: 1,
    err: `${file}: providers[0].credential TEST_KEY is not set in the environment\n`,
  });
  const dry = await textOf('apply', '-f', file, '--dry-run');
  expect(dry).toContain('+ secret provider/third (its value is from TEST_KEY)\n+ provider third\n');
  expect(dry).toContain('+ pool fast\n    description: "answers at once"\n');
  expect(dry).toContain('    strategy: weighted\n');
  expect(dry).toContain('+ policy of the installation\n');
  expect(dry).toContain('+ budget monthly\n    unit: "cost"\n    limit: "$100.5"\n    period: "month"\n');
  expect(dry).toMatch(/5 changes: 5 added \(dry run: nothing was changed; version \d+\)\n$/);
  expect(await textOf('export')).toBe(before);
  expect(await textOf('apply', '-f', file)).toMatch(/5 changes: 5 added; version \d+\n$/);
  expect(await textOf('apply', '-f', file)).toMatch(/^no changes; version \d+\n$/);
  // Its key is stored, so it need not be at hand any more.
  expect((await run('keyless', 'apply', '-f', file)).out).toMatch(/^no changes; version \d+\n$/);
});

test('the pool answers, by its name and by its kind of task', async () => {
  expect(await textOf('chat', '--model', 'fast', 'Hello')).toMatch(/\[(?:third|secondary)\/sim-fast, /);
  for (const command of ['pools', 'models'])
    expect(await textOf(command)).toMatch(
      /^fast +– +weighted +quick_decision +third\/sim-fast secondary\/sim-fast$/m,
    );
  expect(await textOf('route', '--task-type', 'quick_decision')).toMatch(/^(?:third|secondary)\/sim-fast: /);
  expect(await textOf('route', '--explain', '--model', 'fast')).toMatch(
    /^ *1 +(?:third|secondary)\/sim-fast /m,
  );
});

test.each(['yaml', 'json'])('what is exported as %s changes nothing when it is applied', async (format) => {
  const exported = join(folder, `exported.${format}`);
  await writeFile(exported, await textOf('export', '-o', format));
  expect(await textOf('apply', '-f', exported, '--prune')).toMatch(/^no changes; version \d+\n$/);
});

test('what is wrong is told by file and place, and nothing is changed', async () => {
  const before = await textOf('export');
  const wrong = join(folder, 'wrong.yaml');
  await writeFile(wrong, document().replace('weight: 3', 'weight: -3'));
  expect(await run('apply', '-f', wrong)).toMatchObject({
    code: 1,
    out: '',
    err: `${wrong}: pools[0].members[0].weight must be a whole number from 0 to 1000000\n`,
  });
  await writeFile(
    wrong,
    document().replace('provider: secondary', 'provider: secundary').replace('[text]', '[text, flying]'),
  );
  const { code, err } = await run('apply', '-f', wrong);
  expect(code).toBe(1);
  expect(err).toContain(
    `${wrong}: pools[0].members[1].provider there is no provider secundary; near it: secondary\n`,
  );
  expect(err).toContain(`${wrong}: policies[0].requirements.capabilities[1] must be one of text, `);
  await writeFile(wrong, document().replace('period: month', 'period: day'));
  expect((await run('apply', '-f', wrong)).err).toBe(
    `${wrong}: budgets[0].period cannot be changed: take another id, or remove the budget first\n`,
  );
  expect(await textOf('export')).toBe(before);
});

test('what is planned for a version is applied to that version alone', async () => {
  const [, version = ''] = /^# version (\d+);/.exec(await textOf('export')) ?? [];
  await writeFile(file, document().replace('weight: 9', 'weight: 8'));
  expect((await run('apply', '-f', file)).err).toContain(
    `${file}: experiments[0].variants cannot be changed: the experiment slower has been started`,
  );
  await writeFile(file, document().replace('state: running', 'state: stopped'));
  const applied = await textOf('apply', '-f', file, '--expect-version', version);
  expect(applied).toMatch(
    /^~ experiment slower\n {4}state: running → stopped\n1 change: 1 changed; version \d+\n$/,
  );
  const late = await run('apply', '-f', file, '--expect-version', version);
  expect(late.code).toBe(1);
  expect(late.err).toContain(
    `not at ${version} as expected: it has been changed since; export again, look at what changed`,
  );
});

test('a change shows its fields; --prune removes what is not in the document', async () => {
  const [withoutPolicy = ''] = document().replace('strategy: weighted', 'strategy: cost').split('policies:');
  await textOf('experiments', 'delete', 'slower');
  await writeFile(file, withoutPolicy);
  const kept = await textOf('apply', '-f', file);
  expect(kept).toMatch(/^~ pool fast\n {4}strategy: weighted → cost\n1 change: 1 changed; version \d+\n$/);
  // What the document itself still names does not go.
  expect((await run('apply', '-f', file, '--prune', '--dry-run')).err).toContain(
    `${file}: pools[0].members[1].provider there is no provider secondary`,
  );
  await writeFile(file, `${withoutPolicy.replace(/.*secondary.*/, '')}budgets: []\n`);
  const dry = await textOf('apply', '-f', file, '--prune', '--dry-run');
  expect(dry).toContain('- provider primary\n- provider secondary\n');
  expect(dry).toContain('- policy of the installation\n- budget monthly\n');
  expect(dry).toMatch(/5 changes: 4 removed, 1 changed \(dry run/);
});

test('no key is printed anywhere, nor exported', async () => {
  await textOf('apply', '-f', file, '--secrets');
  await textOf('apply', '-f', file, '--secrets', '--dry-run', '--json');
  await textOf('export', '-o', 'json');
  expect(printed).not.toContain(KEY);
});

test('the audit log has each object that was changed, and its fields', async () => {
  const { fleet } = started;
  const target = { address: fleet.process('credential').address, apiKey: fleet.apiKey };
  const client = openGrpcClient(AuditServiceClient, target);
  const about = { tenant: 'installation', action: 'routing.pool.update', resource: 'pool:fast' };
  const request = ListAuditEntriesRequest.fromPartial(about);
  const method = client.listAuditEntries.bind(client);
  const found = async () =>
    (await callUnary({ method, request, target, timeoutMs: 10_000 })).entries.map(({ outcome, details }) => ({
      outcome,
      fields: details.fields,
    }));
  await expect.poll(found, { timeout: 30_000 }).toContainEqual({ outcome: 'allowed', fields: 'strategy' });
  client.close();
});
