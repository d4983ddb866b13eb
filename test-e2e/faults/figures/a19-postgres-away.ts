import { setTimeout as sleep } from 'node:timers/promises';
import { textRequest } from '@switchyard/client';
import { Budget, BudgetPeriod, BudgetServiceClient } from '@switchyard/contracts/cost';
import { PutSecretRequest, SecretServiceClient } from '@switchyard/contracts/credential';
import type { RunningFleet } from '@switchyard/deploy';
import { ServiceError } from '@switchyard/kernel';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import pg from 'pg';
import { queryFleet } from '../../support/ledger-rows.ts';
import { startTestFleet, type TestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';

const ERROR_MS = 2_000;
const RECOVERY_MS = 10_000;
/** Of each kind at once: more than any pool has connections. */
const AT_ONCE = 40;
/** How long a fault lasts before calls are made, and in between. */
const LASTS_MS = 1_000;

/** Calls that cannot be answered without Postgres, by service, and one that can. */
type Calls = Readonly<Record<'idempotent' | 'budget' | 'secret' | 'plain', (n: number) => Promise<unknown>>>;

/** One fault: how it begins, and how it ends. */
interface Fault {
  readonly name: string;
  readonly begin: (fleet: RunningFleet) => Promise<() => Promise<unknown>>;
}

const FAULTS: readonly Fault[] = [
  {
    name: 'killed',
    begin: async ({ servers: { postgres } }) => {
      await postgres.kill('SIGKILL');
      return () => postgres.restart();
    },
  },
  {
    name: 'read-only',
    begin: async (fleet) => {
      await setReadOnly(fleet, 'on');
      return () => setReadOnly(fleet, 'off');
    },
  },
  { name: 'pool full', begin: lockTables },
];

/** Of each service that needs Postgres one kind of writing call is made, 40 at once, so that its pool has no connection left. */
export const a19: Figure = {
  id: 'A19',
  what: `Postgres killed, read-only, and its tables locked until every pool is full; ${AT_ONCE} writing calls at once at routing, cost-accounting and credential`,
  promised: 'error ≤2 s; recovery ≤10 s; requests that need no Postgres are answered',
  isLong: true,
  timed: true,
  async measure() {
    await using started = await startTestFleet({
      onDeath: 'leave',
      processEnv: { 'health-probe': { HEALTH_PROBE_ACTIVE: 'false' } },
    });
    const calls = callsOf(started);
    await calls.plain(0);
    const seen: Outcome[] = [];
    for (const fault of FAULTS) seen.push(await outcomeOf(fault, { started, calls }));
    const told = seen.map(
      ({ name, errorMs, recoveryMs, wrong }) =>
        `${name}: errors after ≤${(errorMs / 1_000).toFixed(1)} s, recovered after ${(recoveryMs / 1_000).toFixed(1)} s, ${wrong.length === 0 ? 'nothing else' : wrong.join(', ')}`,
    );
    return {
      measured: told.join('; '),
      held: seen.every(
        ({ errorMs, recoveryMs, wrong }) =>
          errorMs <= ERROR_MS && recoveryMs <= RECOVERY_MS && wrong.length === 0,
      ),
    };
  },
};

interface Outcome {
  readonly name: string;
  /** Longest time until a call that cannot be answered was refused. */
  readonly errorMs: number;
  /** Until each kind of call was answered again. */
  readonly recoveryMs: number;
  /** Calls that ended otherwise than they should have. */
  readonly wrong: readonly string[];
}

async function outcomeOf(
  { name, begin }: Fault,
  { started, calls }: { readonly started: TestFleet; readonly calls: Calls },
): Promise<Outcome> {
  const end = await begin(started.fleet);
  await sleep(LASTS_MS);
  const refused = await Promise.all(
    (['idempotent', 'budget', 'secret'] as const).flatMap((kind) =>
      Array.from({ length: AT_ONCE }, (_, n) => timed(kind, () => calls[kind](n))),
    ),
  );
  const plain = await timed('plain', () => calls.plain(0));
  await end();
  const backMs = performance.now();
  await Promise.all(Object.values(calls).map((call) => untilAnswered(() => call(AT_ONCE))));
  const wrong = [
    ...refused.filter(({ reason }) => reason === 'answered' || reason === 'INTERNAL'),
    ...(plain.reason === 'answered' ? [] : [plain]),
  ];
  return {
    name,
    errorMs: Math.max(...refused.map(({ ms }) => ms)),
    recoveryMs: performance.now() - backMs,
    wrong: [...new Set(wrong.map(({ kind, reason }) => `${kind} ${reason}`))],
  };
}

/** How a call ended, and after how long. */
async function timed(kind: keyof Calls, call: () => Promise<unknown>) {
  const sinceMs = performance.now();
  const reason = await call().then(
    () => 'answered',
    (error: unknown) => (error instanceof ServiceError ? error.reason : String(error)),
  );
  return { kind, reason, ms: performance.now() - sinceMs };
}

async function untilAnswered(call: () => Promise<unknown>): Promise<void> {
  for (const endMs = performance.now() + 2 * RECOVERY_MS; performance.now() < endMs; await sleep(100))
    if (
      await call().then(
        () => true,
        () => false,
      )
    )
      return;
}

function callsOf({ fleet, clients: [client] }: TestFleet): Calls {
  const targetOf = (service: string) => ({ address: fleet.process(service).address, apiKey: fleet.apiKey });
  const [cost, credential] = [targetOf('cost-accounting'), targetOf('credential')];
  const budgets = openGrpcClient(BudgetServiceClient, cost);
  const secrets = openGrpcClient(SecretServiceClient, credential);
  let made = 0;
  return {
    plain: async () => client?.complete(textRequest('sim-fast', 'hello'), { timeoutMs: 5_000 }),
    idempotent: async (n) =>
      client?.complete(
        { ...textRequest('sim-fast', 'hello'), idempotencyKey: `a19-${made++}-${n}` },
        { timeoutMs: 5_000 },
      ),
    budget: async (n) => {
      const budget = Budget.fromPartial({
        id: `a19-${made++}-${n}`,
        limit: 10n ** 15n,
        period: BudgetPeriod.TOTAL,
      });
      const method = budgets.createBudget.bind(budgets);
      return callUnary({ method, request: { budget }, target: cost, timeoutMs: 5_000 });
    },
    secret: async (n) => {
      const request = PutSecretRequest.fromPartial({
        id: `a19/${made++}-${n}`,
        value: Buffer.from('value'),
        allowedOrigins: [new URL(fleet.simulatorUrl).origin],
      });
      return callUnary({
        method: secrets.putSecret.bind(secrets),
        request,
        target: credential,
        timeoutMs: 5_000,
      });
    },
  };
}

/** As a standby that was not promoted: for all connections, also the pooled ones. */
async function setReadOnly(fleet: RunningFleet, setting: 'on' | 'off'): Promise<void> {
  await queryFleet(fleet, `ALTER SYSTEM SET default_transaction_read_only = ${setting}`);
  await queryFleet(fleet, 'SELECT pg_reload_conf()');
}

const LOCKED = ['routing.idempotency_keys', 'cost_accounting.budgets', 'credential.secrets'];

/** Whoever comes to one of the tables waits, and keeps its connection meanwhile. */
async function lockTables({ servers: { postgres } }: RunningFleet): Promise<() => Promise<unknown>> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`BEGIN; LOCK TABLE ${LOCKED.join(', ')} IN ACCESS EXCLUSIVE MODE`);
  return () => client.end();
}
