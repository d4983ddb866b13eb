import type { Foundation, GrpcTarget } from '@switchyard/service-kit';
import { ConfigurationLink } from './adapters/configuration-link.ts';
import { CostAccountingLink } from './adapters/cost-accounting-link.ts';
import { HealthLink } from './adapters/health-link.ts';
import type { PostgresConfiguration } from './adapters/postgres-configuration.ts';
import { publishObservations } from './bus/publish-observations.ts';
import type { RoutingConfig } from './config.ts';
import type { PriceBook } from './domain/snapshot/snapshot-parts.ts';
import type { OpenedBudgets } from './open-budgets.ts';
import type { UsageOutboxes } from './outbox/usage-outboxes.ts';
import type { RuntimeRegistry } from './runtime/runtime-registry.ts';
import type { SnapshotHolder } from './runtime/snapshot-holder.ts';

/** What the links keep up to date, and from where. */
export interface LinkOptions {
  readonly replica: string;
  readonly configuration: PostgresConfiguration;
  readonly outboxes: UsageOutboxes;
  readonly snapshots: SnapshotHolder;
  readonly runtimes: RuntimeRegistry;
  readonly budgets: OpenedBudgets;
}

/** Links this replica to what others own: configuration, prices and watermarks, health. None is waited for. */
export function openLinks(config: RoutingConfig, foundation: Foundation, options: LinkOptions) {
  const { log, bus, names, clock, stack } = foundation;
  const { replica, configuration, outboxes, snapshots, runtimes, budgets } = options;
  const target = (address: string): GrpcTarget => ({ address, apiKey: config.apiKey });
  const configured = new ConfigurationLink({
    store: configuration,
    bus,
    names,
    onConfiguration: (part) => snapshots.setConfiguration(part),
    log,
  });
  stack.defer(() => configured.close());
  const cost = new CostAccountingLink({
    target: target(config.costAccountingAddress),
    replica,
    outboxes,
    ...budgets,
    onPrices: (priceBook) => takePrices(priceBook, { snapshots, log }),
    clock,
    log,
  });
  stack.defer(() => cost.close());
  const health = new HealthLink({
    target: target(config.healthProbeAddress),
    bus,
    names,
    onHealth: (part) => snapshots.setHealth(part),
    clock,
    log,
  });
  stack.defer(() => health.close());
  stack.defer(publishObservations({ bus, names, replica, runtimes, clock }));
  tellReadiness(foundation, { snapshots, configured, cost, health });
  return { configured, cost };
}

/** Prices that cannot be used are no reason to ask for them again: they wait for the next change of anything else. */
function takePrices(
  priceBook: PriceBook,
  { snapshots, log }: Pick<LinkOptions, 'snapshots'> & Pick<Foundation, 'log'>,
): void {
  try {
    snapshots.setPrices(priceBook);
  } catch (error) {
    log.error(
      { err: error, version: priceBook.version, serving: snapshots.current.priceVersion },
      'the prices cannot be used; the last good ones serve on, and these are tried again with the next change',
    );
  }
}

interface Links extends Pick<LinkOptions, 'snapshots'> {
  readonly configured: ConfigurationLink;
  readonly cost: CostAccountingLink;
  readonly health: HealthLink;
}

function tellReadiness({ readiness }: Foundation, { snapshots, configured, cost, health }: Links): void {
  readiness.need('providers', () => {
    const { length } = snapshots.current.providers;
    const isKnown = configured.isUp && configured.refusedVersion === undefined;
    return { ok: isKnown || length > 0, detail: `${length} configured` };
  });
  readiness.want('configuration', () => {
    const { refusedVersion } = configured;
    if (refusedVersion === undefined) return { ok: true, detail: snapshots.current.version };
    const detail = `version ${refusedVersion} cannot be used; the last good one serves on`;
    return { ok: false, detail };
  });
  readiness.want('prices', () => {
    const { waitingPrices, current } = snapshots;
    if (waitingPrices === undefined) return { ok: true, detail: current.priceVersion };
    const detail = `version ${waitingPrices} cannot be used; version ${current.priceVersion} serves on, and the new one is tried again with the next change`;
    return { ok: false, detail };
  });
  readiness.want('cost_accounting', () => ({
    ok: cost.isUp,
    detail: cost.isUp ? 'up' : 'away; usage waits in the outbox',
  }));
  readiness.want('health_probe', () => ({
    ok: health.isUp,
    detail: health.isUp ? 'up' : 'away; the last known health is used',
  }));
}
