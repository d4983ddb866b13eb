import { setTimeout as sleep } from 'node:timers/promises';
import { textRequest } from '@switchyard/client';
import { Budget, BudgetPeriod, BudgetServiceClient } from '@switchyard/contracts/cost';
import type { RunningFleet } from '@switchyard/deploy';
import { freePortPlan } from '@switchyard/deploy/free-ports';
import { ServiceError } from '@switchyard/kernel';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import { insist } from '@switchyard/testkit/insist';
import { startTcpProxy, type TcpProxy } from '@switchyard/testkit/toxics';
import { allLedgerRows, ledgerWith, queryFleet } from '../../support/ledger-rows.ts';
import { SimulatorControl } from '../../support/simulator-control.ts';
import { startTestFleet, type TestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';

const REPLICAS = 4;
const CALLERS = 200;
/** The budget is worth so many holds. */
const HOLDS = 10n;
const ID = 'a15';
/** A new budget binds everywhere, and what was unused lies idle, within this time. */
const BINDS_MS = 10_000;
/** A lease is good for a minute; what is left of it comes back ten seconds later at the latest. */
const ENDS_MS = 70_000;

/** Longer than an exchange of leases may take. */
const PARTITION_MS = 1_500;

/** The most that was ever spent and leased together, and how often it was looked. */
interface Watched {
  most: bigint;
  looks: number;
}

/**
 * Four waves of callers: with nothing wrong; while routing is cut off from cost-accounting, and then from the bus, as by a cable that is
 * out; while a replica, cost-accounting and Postgres are killed; afterwards.
 */
export const a15: Figure = {
  id: 'A15',
  what: `${CALLERS} callers at once on a budget for ${HOLDS}, ${REPLICAS} replicas; partitions by proxy; one replica, cost-accounting and Postgres killed`,
  promised: 'spent + held ≤ budget always; 0 refused while it is free; holds end ≤ 70 s',
  timeoutMs: 300_000,
  async measure() {
    await using parts = new AsyncDisposableStack();
    const { started, links } = await startCuttable(parts);
    const { fleet } = started;
    const control = new SimulatorControl(fleet.simulatorUrl);
    await started.clients[0]?.complete(REQUEST);
    const [first] = await ledgerWith(fleet, { rows: 1, withinMs: 20_000 });
    const hold = BigInt(first?.hold_nano_usd ?? 0);
    const limit = HOLDS * hold;
    await makeBudget(fleet, limit);
    await sleep(BINDS_MS);
    await control.setLatency('primary', { firstTokenMs: 400 });
    const watching = watch(fleet);
    const free = await wave(started);
    const partitioned = await partitionedWave(started, links);
    const killed = wave(started);
    await sleep(150);
    await killAndRestart(fleet);
    const [during, after] = [await killed, await wave(started)];
    const endedInMs = await untilNothingIsLeased(fleet);
    const { most, looks } = await watching.stop();
    const { spent } = await standing(fleet);
    const truth = (await control.attempts()).length - 1;
    const booked = (await allLedgerRows(fleet)).filter(({ attempt_id }) => attempt_id !== first?.attempt_id);
    const sum = booked.reduce((all, { amount_nano_usd }) => all + BigInt(amount_nano_usd ?? 0), 0n);
    const cost = BigInt(first?.amount_nano_usd ?? 0);
    const answered = [free, partitioned, during, after].map((one) => one.answered).join(', ');
    return {
      measured: `at most ${share(most, limit)} of the budget in ${looks} looks; ${answered} answered in four waves, ${free.failed} failed before the partitions; ${truth} calls at the provider, ${share(BigInt(truth) * cost, limit)}; ${booked.length} booked, spent ${spent === sum ? 'is their sum' : `differs by ${spent - sum}`}; nothing held after ${(endedInMs / 1_000).toFixed(0)} s`,
      held:
        most <= limit &&
        looks > 50 &&
        BigInt(truth) * cost <= limit &&
        spent === sum &&
        spent <= limit &&
        BigInt(free.answered) >= HOLDS &&
        free.failed === 0 &&
        endedInMs <= ENDS_MS,
    };
  },
};

const REQUEST = { ...textRequest('sim-fast', 'hello'), sampling: { maxOutputTokens: 64 } };

const share = (part: bigint, whole: bigint): string =>
  `${(Number((part * 1_000n) / whole) / 10).toFixed(1)} %`;

async function makeBudget(fleet: RunningFleet, limit: bigint): Promise<void> {
  const target = { address: fleet.process('cost-accounting').address, apiKey: fleet.apiKey };
  const client = openGrpcClient(BudgetServiceClient, target);
  const budget = Budget.fromPartial({ id: ID, limit, period: BudgetPeriod.TOTAL });
  const method = client.createBudget.bind(client);
  await insist(() => callUnary({ method, request: { budget }, target, timeoutMs: 10_000 }));
  client.close();
}

/** A fleet whose replicas of routing reach cost-accounting and the bus by links that can be cut. */
async function startCuttable(parts: AsyncDisposableStack) {
  const ports = await freePortPlan();
  const leases = parts.use(await proxyTo(ports.services['cost-accounting'].grpc));
  const bus = parts.use(await proxyTo(ports.nats));
  const started = parts.use(
    await startTestFleet({
      providers: ['primary'],
      ports,
      routingReplicas: REPLICAS,
      onDeath: 'leave',
      processEnv: {
        routing: {
          SWITCHYARD_COST_ACCOUNTING_ADDRESS: `127.0.0.1:${leases.port}`,
          NATS_URL: `nats://127.0.0.1:${bus.port}`,
        },
        'health-probe': { HEALTH_PROBE_ACTIVE: 'false' },
      },
    }),
  );
  return { started, links: [leases, bus] };
}

const proxyTo = (port: number): Promise<TcpProxy> => startTcpProxy({ target: { host: '127.0.0.1', port } });

/** The links are cut one after the other, half open; they are healed while callers wait. */
async function partitionedWave(started: TestFleet, links: readonly TcpProxy[]): ReturnType<typeof wave> {
  for (const link of links) {
    await link.set({ type: 'stall' });
    await sleep(PARTITION_MS);
  }
  const asked = wave(started);
  await sleep(PARTITION_MS);
  for (const link of links) await link.set(undefined);
  return asked;
}

/** All callers ask once, at once. */
async function wave({ clients }: TestFleet): Promise<{ answered: number; refused: number; failed: number }> {
  const outcomes = await Promise.all(
    Array.from({ length: CALLERS }, async (_, i) => {
      try {
        await clients[i % clients.length]?.complete(REQUEST);
        return 'answered';
      } catch (error) {
        return error instanceof ServiceError && error.reason === 'BUDGET_EXCEEDED' ? 'refused' : 'failed';
      }
    }),
  );
  const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
  return { answered: count('answered'), refused: count('refused'), failed: count('failed') };
}

async function killAndRestart(fleet: RunningFleet): Promise<void> {
  const parts = [fleet.process('routing-2'), fleet.process('cost-accounting'), fleet.servers.postgres];
  for (const part of parts) await part.kill('SIGKILL');
  await sleep(500);
  for (const part of parts.toReversed()) await part.restart();
}

/** How the budget stands, as the database has it. */
async function standing(fleet: RunningFleet): Promise<{ spent: bigint; leased: bigint }> {
  const [row] = await queryFleet<{ spent: string; leased: string }>(
    fleet,
    `SELECT known.spent, coalesce((SELECT sum(greatest(0, granted - returned - settled)) FROM cost_accounting.budget_leases), 0) AS leased
     FROM cost_accounting.budget_windows AS known`,
  );
  return { spent: BigInt(row?.spent ?? 0), leased: BigInt(row?.leased ?? 0) };
}

/** Looks on and on what is spent and leased. */
function watch(fleet: RunningFleet): { stop(): Promise<Watched> } {
  const seen: Watched = { most: 0n, looks: 0 };
  let stopped = false;
  const looking = (async () => {
    while (!stopped) {
      try {
        const { spent, leased } = await standing(fleet);
        seen.looks++;
        if (spent + leased > seen.most) seen.most = spent + leased;
      } catch {
        // Postgres is away.
      }
      await sleep(20);
    }
  })();
  return {
    async stop() {
      stopped = true;
      await looking;
      return seen;
    },
  };
}

async function untilNothingIsLeased(fleet: RunningFleet): Promise<number> {
  const sinceMs = performance.now();
  while (performance.now() - sinceMs < ENDS_MS + 10_000) {
    const { leased } = await standing(fleet);
    if (leased === 0n) break;
    await sleep(500);
  }
  return performance.now() - sinceMs;
}
