import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Budget, BudgetPeriod, BudgetServiceClient } from '@switchyard/contracts/cost';
import type { RunningFleet } from '@switchyard/deploy';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import { insist } from '@switchyard/testkit/insist';
import { ledgerWith, queryFleet } from '../../support/ledger-rows.ts';
import { compareWithTruth } from '../../support/ledger-truth.ts';
import { runLoad } from '../../support/run-load.ts';
import { SimulatorControl } from '../../support/simulator-control.ts';
import { startTestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';

const REQUESTS = 6_000;
const JUMP_MS = 600_000;
const SERVICES = ['routing', 'cost-accounting'] as const;
/** Each service alone, there and back; then both against each other. In milliseconds, by service. */
const JUMPS: readonly (readonly [number, number])[] = [
  [JUMP_MS, 0],
  [-JUMP_MS, 0],
  [0, JUMP_MS],
  [0, -JUMP_MS],
  [JUMP_MS, -JUMP_MS],
  [-JUMP_MS, JUMP_MS],
  [0, 0],
];

/** Wall clocks are set under load, and a budget per minute covers every request: its windows end and begin at each jump. */
export const a22: Figure = {
  id: 'A22',
  what: `clocks of routing and of cost-accounting set by ±10 min under load, ${JUMPS.length} times, with a budget for each minute`,
  promised: '0 double charges',
  isLong: true,
  async measure() {
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-clocks-'));
    try {
      return await measureIn(folder);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

async function measureIn(folder: string) {
  const fileOf = (service: string) => join(folder, service);
  const shifted = (service: (typeof SERVICES)[number]) => ({
    NODE_OPTIONS: `--import=${fileURLToPath(new URL('../../support/shifted-clock.mjs', import.meta.url))}`,
    SHIFTED_CLOCK_FILE: fileOf(service),
  });
  await using started = await startTestFleet({
    routingReplicas: 2,
    processEnv: {
      routing: shifted('routing'),
      'cost-accounting': shifted('cost-accounting'),
      'health-probe': { HEALTH_PROBE_ACTIVE: 'false' },
    },
  });
  const { fleet, clients } = started;
  await makeBudget(fleet);
  let jumps = 0;
  const jump = async () => {
    const offsets = JUMPS[jumps++] ?? [0, 0];
    await Promise.all(SERVICES.map((service, i) => writeFile(fileOf(service), String(offsets[i]))));
  };
  const jumping: Promise<void>[] = [];
  const { answered, failed } = await runLoad({
    clients,
    requests: REQUESTS,
    concurrency: 16,
    onProgress: (ended) => {
      if (ended % Math.floor(REQUESTS / (JUMPS.length + 1)) === 0) jumping.push(jump());
    },
  });
  await Promise.all(jumping);
  await ledgerWith(fleet, { rows: answered.length, withinMs: 60_000 });
  await sleep(1_000);
  const truth = await new SimulatorControl(fleet.simulatorUrl).attempts();
  const { entries, lost, twice, wrong } = await compareWithTruth(fleet, truth);
  const [{ off = '?' } = {}] = await queryFleet<{ off: string }>(
    fleet,
    `SELECT (max(occurred_at) - min(occurred_at) > interval '15 minutes')::text AS off FROM cost_accounting.ledger`,
  );
  const reasons = [...new Set(failed.map(({ reason }) => reason))].join(', ');
  return {
    measured:
      `${answered.length} answered, ${failed.length} failed ${reasons}`.trimEnd() +
      `; ${entries} entries, ${twice} twice, ${lost} lost, ${wrong} wrong`,
    held: twice + lost + wrong === 0 && entries === answered.length && failed.length === 0 && off === 'true',
  };
}

/** It never refuses: what is looked at is whether its windows charge anything twice. */
async function makeBudget(fleet: RunningFleet): Promise<void> {
  const target = { address: fleet.process('cost-accounting').address, apiKey: fleet.apiKey };
  const client = openGrpcClient(BudgetServiceClient, target);
  const budget = Budget.fromPartial({ id: 'a22', limit: 10n ** 15n, period: BudgetPeriod.MINUTE });
  const method = client.createBudget.bind(client);
  await insist(() => callUnary({ method, request: { budget }, target, timeoutMs: 10_000 }));
  client.close();
}
