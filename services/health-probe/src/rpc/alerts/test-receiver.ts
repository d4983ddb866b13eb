import { type AlertNotice, type ReceiverTeller, readReceiver } from '@switchyard/alerting';
import type { TestReceiverRequest, TestReceiverResponse } from '@switchyard/contracts/health';
import { type Clock, uuidV7 } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import { receiverNotFound } from '../../errors.ts';
import type { AlertStore } from '../../ports.ts';
import { ownerOfAlerts } from './owner-of-alerts.ts';

/** What a receiver is tested with. */
export interface TestReceiverParts {
  readonly store: AlertStore;
  readonly teller: Pick<ReceiverTeller, 'tell'>;
  readonly clock: Clock;
}

/** Tells a receiver of nothing, once, and says what came of it. */
export function testReceiver({
  store,
  teller,
  clock,
}: TestReceiverParts): UnaryHandler<TestReceiverRequest, TestReceiverResponse> {
  return async (request, { principal }) => {
    const tenant = ownerOfAlerts(principal, request.tenant);
    const found = (await store.receivers(tenant)).find(({ id }) => id === request.id);
    const receiver = found && readReceiver(found);
    if (receiver === undefined || !receiver.ok) throw receiverNotFound();
    const id = uuidV7(clock.wallMs());
    const outcome = await teller.tell({
      id,
      receiver: receiver.value,
      notice: testNotice(tenant, id, clock),
    });
    return outcome.kind === 'delivered'
      ? { delivered: true, error: '' }
      : { delivered: false, error: outcome.reason };
  };
}

const testNotice = (...[tenant, alertId, clock]: [string, string, Clock]): AlertNotice => ({
  ...{ event: 'test', alertId, source: 'health-probe', tenant, rule: 'test', severity: 'info' },
  ...{ subject: {}, metric: 'test', value: undefined, threshold: 0 },
  summary: 'Somebody tests this receiver; nothing is wrong.',
  ...{ firedAtMs: clock.wallMs(), resolvedAtMs: undefined },
});
