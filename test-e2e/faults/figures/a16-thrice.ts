import { seededRandom } from '@switchyard/kernel';
import { ledgerWith } from '../../support/ledger-rows.ts';
import { hashOfLedger } from '../../support/ledger-truth.ts';
import { runLoad } from '../../support/run-load.ts';
import { startTestFleet } from '../../support/test-fleet.ts';
import { UsageBus } from '../../support/usage-bus.ts';
import type { Figure } from '../figure.ts';
import { waitFor } from '../wait-for.ts';

const REQUESTS = 5_000;
const TIMES = 3;

/** What passed on the bus is sent again without its ids: for the broker these are new messages, as they would be after its two minutes. */
export const a16: Figure = {
  id: 'A16',
  what: `every usage event of ${REQUESTS.toLocaleString('en')} requests sent ${TIMES} times more, shuffled, unknown to the broker as duplicates`,
  promised: 'identical ledger hash',
  isLong: true,
  async measure() {
    await using started = await startTestFleet({
      routingReplicas: 2,
      processEnv: { 'health-probe': { HEALTH_PROBE_ACTIVE: 'false' } },
    });
    const { fleet, clients } = started;
    await using bus = await UsageBus.connect(fleet);
    const heard = bus.listen();
    const { answered } = await runLoad({ clients, requests: REQUESTS, concurrency: 32 });
    const rows = await ledgerWith(fleet, { rows: REQUESTS, withinMs: 60_000 });
    const hash = await hashOfLedger(fleet);
    const messages = heard();
    await bus.publish(shuffled(Array.from({ length: TIMES }, () => messages).flat()));
    const pending = await waitFor(
      () => bus.pending(),
      (left) => left === 0,
    );
    const isSame = (await hashOfLedger(fleet)) === hash;
    return {
      measured: `${rows.length} entries, ${messages.length * TIMES} messages sent again, ${pending} of them not taken; ${isSame ? 'the same hash' : 'ANOTHER HASH'}`,
      held:
        isSame &&
        pending === 0 &&
        rows.length === REQUESTS &&
        answered.length === REQUESTS &&
        messages.length > 0,
    };
  },
};

function shuffled<T>(items: readonly T[]): T[] {
  const random = seededRandom(16n);
  const drawn = items.map((item) => ({ item, at: random() }));
  return drawn.sort((a, b) => a.at - b.at).map(({ item }) => item);
}
