import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { textRequest } from '@switchyard/client';
import { sameDay } from '@switchyard/testkit/same-day';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { queryFleet } from '../support/ledger-rows.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';
import { runSwitchyard } from './run-switchyard.ts';

const WAIT = { timeout: 20_000, interval: 250 };
/** At 4 USD in and 16 USD out per million, and at half of that at `cheap`. */
const MODEL = 'dear/sim-smart';
const REQUESTS = 5;

let started: TestFleet;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'finops-'));
  started = await startTestFleet({
    answerTokens: 500,
    providers: [
      { id: 'cheap', format: 'openai-chat' },
      { id: 'dear', format: 'openai-chat', catalogId: 'sim-anthropic' },
    ],
  });
});
afterAll(async () => {
  await started?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => runSwitchyard(args, { env: started.fleet.devEnv });

/** What a command prints; it must not fail. */
async function textOf(...args: string[]): Promise<string> {
  const { code, out, err } = await run(...args);
  expect([code, err], args.join(' ')).toEqual([0, '']);
  return out;
}

/** Asks so often for the dear model. @returns providers that answered */
async function ask(times: number): Promise<Set<string | undefined>> {
  const [client] = started.clients;
  const request = { ...textRequest(MODEL, 'Tell me of the sea.'), sampling: { maxOutputTokens: 500 } };
  const answers = new Set<string | undefined>();
  for (let i = 0; i < times; i++)
    answers.add((await client?.complete(request, { timeoutMs: 20_000 }))?.route?.provider);
  return answers;
}

/** Of requests, by provider. */
async function ledger() {
  const rows = await queryFleet<{ provider: string; cost: string; saved: string | null; n: string }>(
    started.fleet,
    `SELECT provider, sum(amount_nano_usd)::text AS cost, sum(saved_nano_usd)::text AS saved, count(*)::text AS n
     FROM cost_accounting.ledger WHERE purpose <> 'probe' AND line = 'charge' GROUP BY provider`,
  );
  return new Map(rows.map((row) => [row.provider, row]));
}

test('a budget tightens and alerts, the month is exported, an invoice reconciled, a recommendation applied and its saving booked', {
  timeout: 360_000,
}, async () => {
  await sameDay(120_000);
  await textOf('budgets', 'set', 'daily', '--usd', '0.2', '--per', 'day', '--alerts', '20');
  expect(await ask(REQUESTS)).toEqual(new Set(['dear']));
  await vi.waitFor(async () => expect((await ledger()).get('dear')?.n).toBe(String(REQUESTS)), WAIT);
  const spent = BigInt((await ledger()).get('dear')?.cost ?? 0);
  expect(spent).toBeGreaterThan(40_000_000n);
  await vi.waitFor(
    async () => expect(await textOf('budgets', 'get', 'daily')).toMatch(/^20 % .* nats firing$/m),
    WAIT,
  );
  expect(await textOf('budgets')).toMatch(/^daily +all tenants +\$0\.2 +day +\$0\.04\d+ /m);

  const today = new Date().toISOString().slice(0, 10);
  const statement = join(folder, 'statement.csv');
  await textOf('costs', 'export', '--period', today, '--all-tenants', '--format', 'csv', '-o', statement);
  const nowhere = join(statement, 'nowhere.csv');
  expect(await run('costs', 'export', '--period', today, '--all-tenants', '-o', nowhere)).toMatchObject({
    code: 2,
    err: `--output: ${nowhere} cannot be written (ENOTDIR)\n`,
  });
  expect(await readFile(statement, 'utf8')).toMatch(/^line,.*,default,,dear,sim-smart,charge,.*,0\.04\d+,/m);

  const invoice = join(folder, 'invoice.csv');
  await writeFile(invoice, `date,model,amount_usd\n${today},sim-smart,0.5\n`);
  const reconcile = (...more: string[]) =>
    textOf('costs', 'reconcile', invoice, '--provider', 'dear', '--all-tenants', ...more);
  expect(await reconcile()).toMatch(/amount differs +\$0\.5 +\$0\.04/);
  const booking = ['--book', '--reason', 'INV-2026-11'];
  expect(await reconcile(...booking, '--dry-run')).toContain('dry run: nothing was');
  expect(await reconcile()).toContain('1 differ.');
  expect(await reconcile(...booking)).toMatch(/1 adjustments of \$0\.4\d+ in all are booked/);
  expect(await reconcile(...booking)).toContain('There is nothing to book.');
  // The probes' model is among them as soon as the ledger has them.
  expect(await reconcile()).toMatch(/[12] days of models match, and none differs\./);
  await writeFile(invoice, `date,model,amount_usd\n${today},sim-smart,half\n`);
  expect((await run('costs', 'reconcile', invoice, '--provider', 'dear', ...booking)).err).toContain(
    'file line 2, amount_usd: must be a decimal amount of USD',
  );

  const { recommendations } = JSON.parse(await textOf('costs', 'recommend', '--json')) as {
    recommendations: { id: string; type: string; savingsNanoUsd: string; evidence: Record<string, string> }[];
  };
  const [found] = recommendations;
  expect(found).toMatchObject({
    ...{ type: 'cheaper_offering', savingsNanoUsd: String(spent / 2n) },
    evidence: { other_provider: 'cheap', asked_by: MODEL, cost_nano_usd: String(spent) },
  });
  const id = found?.id ?? '';
  expect(await textOf('costs', 'recommend')).toMatch(new RegExp(`^${id} .* open$`, 'm'));
  const dry = await textOf('costs', 'recommend', 'apply', id, '--dry-run');
  expect(dry).toMatch(new RegExp(`^\\+ pool saving-${id}.*\\n[\\s\\S]*^\\+ experiment saving-${id}-1`, 'm'));
  expect(dry).toContain('2 changes: 2 added (dry run: nothing was changed).');
  expect(await ask(1)).toEqual(new Set(['dear']));

  expect(await textOf('costs', 'recommend', 'apply', id)).toContain(`switchyard costs recommend undo ${id}`);
  expect(await textOf('costs', 'recommend', 'apply', id)).toContain('is applied already');
  expect(await textOf('costs', 'recommend')).toMatch(new RegExp(`^${id} .* applied$`, 'm'));
  await vi.waitFor(async () => expect(await ask(1)).toEqual(new Set(['cheap'])), WAIT);
  expect(await ask(2)).toEqual(new Set(['cheap']));
  await vi.waitFor(async () => {
    const { n, cost, saved } = (await ledger()).get('cheap') ?? {};
    expect(Number(n)).toBeGreaterThanOrEqual(3);
    // Half the price for the same tokens: as much is saved as is paid.
    expect(saved).toBe(cost);
  }, WAIT);
  expect(await textOf('costs')).toMatch(/ SAVED +TOKENS IN [\s\S]*^cheap +sim-smart .* \$0\.0\d+ /m);

  expect(await textOf('costs', 'recommend', 'undo', id)).toContain(`${MODEL} is answered as before.`);
  await vi.waitFor(async () => expect(await ask(1)).toEqual(new Set(['dear'])), WAIT);
  expect((await run('costs', 'recommend', 'undo', id)).err).toContain('is not applied');
  expect(await textOf('costs', 'outboxes')).toMatch(/^\S+ +\S+ +20\S+Z +\d+ +\d+ +open/m);
});
