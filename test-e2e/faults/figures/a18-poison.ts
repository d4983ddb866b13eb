import { randomBytes, randomUUID } from 'node:crypto';
import { UsageBatch } from '@switchyard/contracts/events';
import type { RunningFleet } from '@switchyard/deploy';
import { queryFleet } from '../../support/ledger-rows.ts';
import { runLoad } from '../../support/run-load.ts';
import { startTestFleet } from '../../support/test-fleet.ts';
import { UsageBus } from '../../support/usage-bus.ts';
import type { Figure } from '../figure.ts';
import { waitFor } from '../wait-for.ts';

const REQUESTS = 10_000;
/** One in a hundred. */
const POISON = REQUESTS / 100;
const MOST_TRIES = 5;
const LAG_S = 5;

/** Half of the poison is no batch at all, the other half batches of records that nobody can read. */
export const a18: Figure = {
  id: 'A18',
  what: `1 % poison among the usage of ${REQUESTS.toLocaleString('en')} requests: messages of random bytes, and batches of them`,
  promised: 'quarantined in ≤5 tries; lag of the rest p99 ≤5 s',
  isLong: true,
  timed: true,
  async measure() {
    await using started = await startTestFleet({
      processEnv: { 'health-probe': { HEALTH_PROBE_ACTIVE: 'false' } },
    });
    const { fleet, clients } = started;
    await using bus = await UsageBus.connect(fleet);
    let sent = 0;
    const sending: Promise<void>[] = [];
    await runLoad({
      clients,
      requests: REQUESTS,
      concurrency: 16,
      onProgress: (ended) => {
        if (ended % (REQUESTS / POISON) === 0) sending.push(bus.publish([poison(sent++)]));
      },
    });
    await Promise.all(sending);
    const pending = await waitFor(
      () => bus.pending(),
      (left) => left === 0,
    );
    const tries = 1 + (await bus.redelivered());
    const [{ quarantined = '0', entries = '0' } = {}] = await queryFleet<{
      quarantined: string;
      entries: string;
    }>(
      fleet,
      'SELECT (SELECT count(*) FROM cost_accounting.quarantine) AS quarantined, (SELECT count(*) FROM cost_accounting.ledger) AS entries',
    );
    const { inTime, all } = await lagOf(fleet);
    return {
      measured: `${quarantined} of ${sent} quarantined after at most ${tries} tries, ${pending} left on the stream; ${entries} entries, ${((100 * inTime) / all).toFixed(2)} % of ${all} within ${LAG_S} s of their arrival`,
      held:
        Number(quarantined) === sent &&
        tries <= MOST_TRIES &&
        pending === 0 &&
        Number(entries) === REQUESTS &&
        inTime >= all * 0.99,
    };
  },
};

/** Nothing that can be read as a batch, or a batch of an outbox that nobody has whose record cannot be read. */
function poison(number: number): Uint8Array {
  // The first byte says that a field follows which is longer than everything that does.
  const garbage = Buffer.concat([Buffer.from([0x0a, 0xff, 0x7f]), randomBytes(40)]);
  if (number % 2 === 0) return garbage;
  const batch = { outboxId: randomUUID(), records: [{ sequence: 1, record: garbage }] };
  return UsageBatch.encode(UsageBatch.fromPartial(batch)).finish();
}

/** How many arrivals were committed in time, as the service itself measures it. */
async function lagOf(fleet: RunningFleet): Promise<{ inTime: number; all: number }> {
  const text = await (await fetch(`${fleet.process('cost-accounting').opsUrl}/metrics`)).text();
  const read = (le: string) =>
    Number(
      new RegExp(`ingest_lag_seconds_bucket\\{[^}]*le="${le}"[^}]*\\} (\\d+)`).exec(text)?.[1] ?? Number.NaN,
    );
  return { inTime: read(String(LAG_S)), all: read('\\+Inf') };
}
