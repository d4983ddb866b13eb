import { readDescriptorImage } from '@switchyard/contracts';
import { LeaseRecall } from '@switchyard/contracts/events';
import type { Clock } from '@switchyard/kernel';
import {
  type Authenticate,
  authenticateCallers,
  type Foundation,
  openPostgres,
  type Postgres,
  type RunningService,
  serve,
  startComposed,
} from '@switchyard/service-kit';
import { publishAnomaly } from './adapters/alerts/publish-anomaly.ts';
import { grpcAudit } from './adapters/grpc-audit.ts';
import { grpcOffers } from './adapters/grpc-offers.ts';
import { keepDaysAhead } from './adapters/keep-days-ahead.ts';
import { keepDaysSealed } from './adapters/keep-days-sealed.ts';
import { keepRollupsFolded } from './adapters/keep-rollups-folded.ts';
import { openUsageMessages } from './adapters/nats-usage-messages.ts';
import { PostgresAnomalies } from './adapters/postgres-anomalies.ts';
import { postgresAskedNames } from './adapters/postgres-asked-names.ts';
import { PostgresBudgetBook } from './adapters/postgres-budget-book.ts';
import { PostgresBudgetIndex } from './adapters/postgres-budget-index.ts';
import { PostgresBudgets } from './adapters/postgres-budgets.ts';
import { postgresChargeback } from './adapters/postgres-chargeback.ts';
import { PostgresInvoiceLedger } from './adapters/postgres-invoice-ledger.ts';
import { PostgresLeases } from './adapters/postgres-leases.ts';
import { PostgresLedger } from './adapters/postgres-ledger.ts';
import { LedgerDays } from './adapters/postgres-ledger-days.ts';
import { postgresLedgerQueries } from './adapters/postgres-ledger-queries.ts';
import { PostgresLedgerSeals } from './adapters/postgres-ledger-seals.ts';
import { PostgresLostOutboxes } from './adapters/postgres-lost-outboxes.ts';
import { PostgresOutboxBook } from './adapters/postgres-outbox-book.ts';
import { PostgresPriceTerms } from './adapters/postgres-price-terms.ts';
import { PostgresRerating } from './adapters/rerate/postgres-rerating.ts';
import { AnomalyWatch } from './anomaly-watch.ts';
import { UsageConsumer } from './bus/usage-consumer.ts';
import { UsageIntake } from './bus/usage-intake.ts';
import type { CostAccountingConfig } from './config.ts';
import { costServices } from './cost-services.ts';
import { CostEvents, RollupEvents, watchCompleteness } from './events.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import type { Audit, CatalogPrices, Ledger, LostOutboxes, OfferDirectory } from './ports.ts';
import { windowOf } from './rpc/lease-messages.ts';
import { startBudgetAlerts } from './start-budget-alerts.ts';
import { startPrices } from './start-prices.ts';

/** What a test may put in place of the real thing. */
export interface CostAccountingOverrides {
  /** Default: callers are known from the credential service. */
  readonly authenticate?: Authenticate;
  readonly clock?: Clock;
  /** Prices to adopt. Default: those of the bundled catalog. */
  readonly catalog?: CatalogPrices | undefined;
  /** Least share of the bundled catalog that a refresh of prices must have, in percent. Default 70. */
  readonly leastKeptPercent?: number;
  /** Default: the credential service's. */
  readonly audit?: Audit;
  /** Wraps the ledger, to fail where a test wants it to. */
  readonly wrapLedger?: (ledger: Ledger) => Ledger;
}

/** Starts the service. It serves while NATS, Postgres or credential are away, and catches up when they come back. */
export function startService(
  config: CostAccountingConfig,
  overrides: CostAccountingOverrides = {},
): Promise<RunningService> {
  return startComposed('cost-accounting', config, (foundation) => compose(foundation, config, overrides));
}

async function compose(
  foundation: Foundation,
  config: CostAccountingConfig,
  overrides: CostAccountingOverrides,
): Promise<RunningService['addresses']> {
  const { log, stack, metrics } = foundation;
  const clock = overrides.clock ?? foundation.clock;
  const postgres = openDatabase(foundation, config);
  const days = new LedgerDays(postgres);
  stack.defer(keepRollupsFolded({ postgres, events: new RollupEvents(metrics), log }));
  const seals = new PostgresLedgerSeals(postgres);
  stack.defer(keepDaysAhead({ days, seals, clock, log, keptDays: config.ledgerKeptDays }));
  stack.defer(keepDaysSealed({ seals, clock, log }));
  const budgets = new PostgresBudgetIndex();
  const ledger = new PostgresLedger(postgres, { days, budgets });
  startIngest({ foundation, config, clock, ledger: overrides.wrapLedger?.(ledger) ?? ledger });
  const outboxes = new PostgresOutboxBook(postgres);
  watchCompleteness(metrics, () => outboxes.completeness());
  watchAnomalies(foundation, { config, postgres, clock });
  const lost = new PostgresLostOutboxes(postgres, days);
  const prices = await startPrices({ foundation, config, postgres, clock, overrides });
  const { grpcPort, opsPort } = await serve(foundation, {
    config,
    authenticate: overrides.authenticate ?? authenticateCallers(foundation, config),
    errorDomain: 'switchyard.cost',
    image: readDescriptorImage(),
    services: costServices({
      prices,
      terms: new PostgresPriceTerms(postgres),
      rerating: new PostgresRerating(postgres, days),
      outboxes,
      lost,
      invoices: new PostgresInvoiceLedger(postgres, days),
      audit: overrides.audit ?? openAudit(foundation, config),
      queries: postgresLedgerQueries(postgres),
      askedNames: postgresAskedNames(postgres),
      offers: openOffers(foundation, config),
      chargeback: postgresChargeback(postgres, seals),
      seals,
      budgets: new PostgresBudgets(postgres),
      receivers: startBudgetAlerts({ foundation, config, postgres, clock }),
      leases: keepLeases(foundation, { postgres, budgets, lost, clock }),
      clock,
    }),
  });
  return { grpc: `${config.host}:${grpcPort}`, ops: `${config.host}:${opsPort}` };
}

/** What leases are kept in. */
interface Kept {
  readonly postgres: Postgres;
  readonly budgets: PostgresBudgetIndex;
  readonly lost: LostOutboxes;
  readonly clock: Clock;
}

function keepLeases(
  { bus, names, log, stack }: Foundation,
  { postgres, budgets, lost, clock }: Kept,
): LeaseKeeper {
  const keeper = new LeaseKeeper({
    leases: new PostgresLeases(postgres, budgets),
    lost,
    books: new PostgresBudgetBook(postgres, budgets),
    recall: (window) => {
      // Without the bus, replicas give back what lies idle after a while by themselves.
      if (bus.isConnected)
        bus.connection?.publish(names.leaseRecall, LeaseRecall.encode(windowOf(window)).finish());
    },
    clock,
    log,
  });
  stack.defer(() => keeper.stop());
  return keeper;
}

function watchAnomalies(
  { bus, names, log, stack }: Foundation,
  { config, postgres, clock }: Pick<Kept, 'postgres' | 'clock'> & { readonly config: CostAccountingConfig },
): void {
  const costBus = { bus, names, replicas: config.usageStreamReplicas };
  const watch = new AnomalyWatch({
    anomalies: new PostgresAnomalies(postgres),
    isConnected: () => bus.isConnected,
    publish: (anomaly) => publishAnomaly(anomaly, costBus),
    clock,
    log,
  });
  stack.defer(() => watch.close());
}

function openOffers({ stack }: Foundation, { routingAddress, apiKey }: CostAccountingConfig): OfferDirectory {
  const offers = grpcOffers({ address: routingAddress, apiKey });
  stack.defer(() => offers.close());
  return offers;
}

function openAudit({ stack }: Foundation, { credentialAddress, apiKey }: CostAccountingConfig): Audit {
  const audit = grpcAudit({ address: credentialAddress, apiKey });
  stack.defer(() => audit.close());
  return audit;
}

function openDatabase({ stack, readiness, log }: Foundation, config: CostAccountingConfig): Postgres {
  const postgres = openPostgres({
    url: config.databaseUrl,
    maxConnections: config.databaseMaxConnections,
    statementTimeoutMs: config.statementTimeoutMs,
    applicationName: 'switchyard-cost-accounting',
    log,
  });
  stack.defer(() => postgres.close());
  readiness.want('postgres', () => ({
    ok: postgres.isUp,
    detail: postgres.isUp ? 'connected' : 'cannot be reached; usage waits on the bus and in the outboxes',
  }));
  return postgres;
}

interface Ingest {
  readonly foundation: Foundation;
  readonly config: CostAccountingConfig;
  readonly clock: Clock;
  readonly ledger: Ledger;
}

function startIngest({ foundation, config, clock, ledger }: Ingest): void {
  const { bus, names, log, metrics, readiness, stack } = foundation;
  const intake = new UsageIntake({
    ledger,
    events: new CostEvents(metrics),
    clock,
    log,
    batchRecords: config.ingestBatchRecords,
    batchWaitMs: config.ingestBatchWaitMs,
  });
  const consumer = new UsageConsumer({
    log,
    intake,
    isConnected: () => bus.isConnected,
    open: () => openUsageMessages({ bus, names, streamReplicas: config.usageStreamReplicas }),
  });
  stack.defer(() => consumer.stop());
  readiness.want('ingest', () => consumer.state);
}
