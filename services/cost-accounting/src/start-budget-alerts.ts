import {
  AlertDeliveries,
  type ClaimedDelivery,
  type DeliveryOutcome,
  NO_RECEIVER,
  type ReceiverTeller,
  receiverTeller,
} from '@switchyard/alerting';
import type { Clock } from '@switchyard/kernel';
import { type Foundation, type Postgres, resolveBySystem } from '@switchyard/service-kit';
import type { CostBus } from './adapters/alerts/cost-stream.ts';
import { grpcReceivers, type ReceiverDirectory } from './adapters/alerts/grpc-receivers.ts';
import { PostgresBudgetAlerts } from './adapters/alerts/postgres-budget-alerts.ts';
import { publishReached } from './adapters/alerts/publish-reached.ts';
import { BudgetWatch } from './budget-watch.ts';
import type { CostAccountingConfig } from './config.ts';
import { BudgetAlertEvents } from './events.ts';

/** What alerts of budgets stand on. */
interface AlertParts {
  readonly foundation: Foundation;
  readonly config: CostAccountingConfig;
  readonly postgres: Postgres;
  readonly clock: Clock;
}

/** Watches what budgets reach and tells NATS and receivers. @returns who may be told */
export function startBudgetAlerts({ foundation, config, postgres, clock }: AlertParts): ReceiverDirectory {
  const { bus, names, log, metrics, stack } = foundation;
  const { apiKey, namedHosts: named, usageStreamReplicas: replicas } = config;
  const alerts = new PostgresBudgetAlerts(postgres);
  const directory = grpcReceivers({ address: config.healthProbeAddress, apiKey });
  stack.defer(() => directory.close());
  const teller = receiverTeller({
    rules: { named, resolve: resolveBySystem },
    credential: { address: config.credentialAddress, apiKey },
    clock,
  });
  stack.defer(() => teller.close());
  const telling = { alerts, directory, teller, costBus: { bus, names, replicas } };
  const events = new BudgetAlertEvents(metrics);
  const deliveries = new AlertDeliveries<ClaimedDelivery>({
    mayTell: () => true,
    claim: (limit) => alerts.claim(limit),
    tell: (due) => tell(due, telling),
    settle: (id, next) => alerts.settle(id, next),
    told: ({ receiverId }, outcome) => events.told(receiverId === '' ? 'nats' : 'receiver', outcome),
    random: Math.random,
    log,
  });
  stack.defer(() => deliveries.close());
  const watch = new BudgetWatch({ alerts, clock, log, onReached: () => deliveries.wake() });
  stack.defer(() => watch.close());
  return directory;
}

interface Telling {
  readonly alerts: PostgresBudgetAlerts;
  readonly directory: ReceiverDirectory;
  readonly teller: ReceiverTeller;
  readonly costBus: CostBus;
}

const later = (reason: string): DeliveryOutcome => ({ kind: 'failed', isFinal: false, reason });
const never = (reason: string): DeliveryOutcome => ({ kind: 'failed', isFinal: true, reason });

async function tell(
  { id, tenant, receiverId, notice }: ClaimedDelivery,
  { alerts, directory, teller, costBus }: Telling,
): Promise<DeliveryOutcome> {
  if (receiverId === '') {
    const reached = await alerts.read(notice.alertId).catch(() => 'away' as const);
    if (reached === 'away') return later('the database did not answer');
    return reached === undefined ? never('the budget is gone') : publishReached({ id, ...reached }, costBus);
  }
  const receiver = await directory.find(tenant, receiverId).catch(() => 'away' as const);
  if (receiver === 'away') return later('health-probe, which has the receivers, did not answer');
  return receiver === undefined ? never(NO_RECEIVER) : teller.tell({ id, receiver, notice });
}
