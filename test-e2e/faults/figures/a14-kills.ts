import { setTimeout as sleep } from 'node:timers/promises';
import { type SwitchyardClient, textRequest } from '@switchyard/client';
import type { RunningFleet } from '@switchyard/deploy';
import { queryFleet } from '../../support/ledger-rows.ts';
import { compareWithTruth } from '../../support/ledger-truth.ts';
import { SimulatorControl } from '../../support/simulator-control.ts';
import { startTestFleet } from '../../support/test-fleet.ts';
import type { Figure } from '../figure.ts';
import { waitFor } from '../wait-for.ts';

const REQUESTS = 100_000;
const KILLS = 50;
const AT_ONCE = 64;
/** Before a caller tries again whose replica is away. */
const RETRY_MS = 100;
/** Who is killed, in turn. */
const VICTIMS = ['routing', 'cost-accounting', 'routing-2', 'nats', 'cost-accounting', 'postgres'] as const;

/** Each kill strikes under load, once the one before is back. The ledger is compared with the provider's own count, call by call. */
export const a14: Figure = {
  id: 'A14',
  what: `${REQUESTS.toLocaleString('en')} requests to two replicas, ${KILLS} SIGKILLs of routing, cost-accounting, NATS and Postgres in turn`,
  promised: '0 lost, 0 twice, debits = credits',
  isLong: true,
  timeoutMs: 1_200_000,
  async measure() {
    await using started = await startTestFleet({
      routingReplicas: 2,
      onDeath: 'leave',
      processEnv: { 'health-probe': { HEALTH_PROBE_ACTIVE: 'false' } },
    });
    const { fleet, clients } = started;
    const load = new Load(clients);
    const [kills] = await Promise.all([killInTurn(fleet, load), load.run()]);
    const control = new SimulatorControl(fleet.simulatorUrl);
    const truth = await control.attempts();
    const expected = truth.filter(({ status }) => status === 200).length;
    await waitFor(
      () => countOf(fleet),
      (rows) => rows >= expected,
    );
    const { entries, lost, twice, wrong, unresolved } = await compareWithTruth(fleet, truth);
    const unbooked = load.answered - (await chargedRequests(fleet));
    const { debits, credits } = await sides(fleet);
    return {
      measured: `${load.answered} answered, ${kills} kills; ${entries} entries, ${lost} lost, ${twice} twice, ${wrong} wrong, ${unresolved} unresolved (at most ${AT_ONCE} a kill); ${Math.max(0, unbooked)} answers without a charge; debits ${debits === credits ? '=' : '≠'} credits`,
      held:
        load.answered >= REQUESTS &&
        kills === KILLS &&
        lost + twice + wrong === 0 &&
        unbooked <= 0 &&
        unresolved <= kills * AT_ONCE &&
        debits === credits,
    };
  },
};

/** Asks until so many were answered and nobody is killed any more. */
class Load {
  answered = 0;
  /** Every kill has struck. */
  isSpared = false;
  readonly #clients: readonly SwitchyardClient[];

  constructor(clients: readonly SwitchyardClient[]) {
    this.#clients = clients;
  }

  get isOver(): boolean {
    return this.isSpared && this.answered >= REQUESTS;
  }

  async run(): Promise<void> {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, caller) => this.#ask(caller)));
  }

  async #ask(caller: number): Promise<void> {
    for (let turn = caller; !this.isOver; turn++) {
      const client = this.#clients[turn % this.#clients.length];
      try {
        await client?.complete(textRequest('sim-fast', `Question ${turn}`), { timeoutMs: 20_000 });
        this.answered++;
      } catch {
        await sleep(RETRY_MS);
      }
    }
  }
}

/** @returns how often it killed */
async function killInTurn(fleet: RunningFleet, load: Load): Promise<number> {
  let kills = 0;
  while (kills < KILLS) {
    if (load.answered < ((kills + 1) * REQUESTS) / (KILLS + 1)) {
      await sleep(20);
      continue;
    }
    const name = VICTIMS[kills % VICTIMS.length] as (typeof VICTIMS)[number];
    const victim = name === 'nats' || name === 'postgres' ? fleet.servers[name] : fleet.process(name);
    await victim.kill('SIGKILL');
    await victim.restart();
    kills++;
  }
  load.isSpared = true;
  return kills;
}

async function countOf(fleet: RunningFleet): Promise<number> {
  const [row] = await queryFleet<{ rows: string }>(
    fleet,
    'SELECT count(*) AS rows FROM cost_accounting.ledger',
  );
  return Number(row?.rows);
}

async function chargedRequests(fleet: RunningFleet): Promise<number> {
  const sql = `SELECT count(DISTINCT request_id) AS requests FROM cost_accounting.ledger WHERE line = 'charge'`;
  return Number((await queryFleet<{ requests: string }>(fleet, sql))[0]?.requests);
}

/** What all accounts were debited, and what all were credited. */
async function sides(fleet: RunningFleet): Promise<{ debits: string; credits: string }> {
  const total = (account: string) =>
    `(SELECT sum(total) FROM (SELECT ${account}, sum(amount_nano_usd) AS total FROM cost_accounting.ledger GROUP BY 1) AS each)`;
  const sql = `SELECT ${total('debit_account')}::text AS debits, ${total('credit_account')}::text AS credits`;
  return (await queryFleet<{ debits: string; credits: string }>(fleet, sql))[0] as never;
}
