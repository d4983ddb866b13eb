import { randomBytes } from 'node:crypto';
import { readDescriptorImage } from '@switchyard/contracts';
import type { Clock } from '@switchyard/kernel';
import {
  type DeniedCall,
  type Foundation,
  openPostgres,
  type Postgres,
  type RunningService,
  serve,
  startComposed,
} from '@switchyard/service-kit';
import { AuditJournal } from './adapters/audit-journal.ts';
import { authenticateFromTable } from './authenticate-callers.ts';
import { BackgroundTask } from './background-task.ts';
import { bootstrapKeys } from './bootstrap-keys.ts';
import { credentialStream } from './bus/credential-stream.ts';
import { EventPublisher } from './bus/event-publisher.ts';
import type { CredentialConfig } from './config.ts';
import { credentialServices } from './credential-services.ts';
import type { RandomBytes } from './domain/envelope.ts';
import { credentialEvents } from './events.ts';
import type { CredentialContext } from './ports.ts';
import { rewrapSecrets } from './rewrap-secrets.ts';
import { ownerOfCaller } from './rpc/caller-owner.ts';

/** What a test may put in place of the real thing. */
export interface CredentialOverrides {
  readonly clock?: Clock;
  readonly randomBytes?: RandomBytes;
}

const RETRY_MS = 1_000;
/** Other replicas may go on wrapping with an older key until they have the new configuration. */
const REWRAP_AGAIN_MS = 600_000;

/** Starts the service. It serves while the bus is away; while Postgres is away, it answers UNAVAILABLE and comes back by itself. */
export function startService(
  config: CredentialConfig,
  overrides: CredentialOverrides = {},
): Promise<RunningService> {
  return startComposed('credential', config, (foundation) =>
    compose({ ...foundation, clock: overrides.clock ?? foundation.clock }, config, overrides),
  );
}

async function compose(
  foundation: Foundation,
  config: CredentialConfig,
  overrides: CredentialOverrides,
): Promise<RunningService['addresses']> {
  const { stack, log, readiness } = foundation;
  const postgres = openPostgres({
    url: config.databaseUrl,
    maxConnections: config.databaseMaxConnections,
    statementTimeoutMs: config.statementTimeoutMs,
    applicationName: 'credential',
    log,
  });
  stack.defer(() => postgres.close());
  readiness.need('postgres', () => ({
    ok: postgres.isUp,
    detail: postgres.isUp ? 'reachable' : 'not reachable',
  }));
  const authenticator = authenticateFromTable(foundation, { postgres, keyTtlSeconds: config.keyTtlSeconds });
  const context = createContext(foundation, config, {
    postgres,
    randomBytes: overrides.randomBytes ?? randomBytes,
    forgetKey: (digest) => authenticator.dropDigest(digest),
  });
  await startTasks(foundation, config, context);
  const listening = await serve(foundation, {
    config,
    services: credentialServices(context),
    authenticate: (authorization) => authenticator.authenticate(authorization),
    errorDomain: 'switchyard.credential',
    image: readDescriptorImage(),
    observeDenial: (denied) => recordDenial(context, denied),
  });
  return {
    grpc: `${config.host}:${listening.grpcPort}`,
    ops: `${config.host}:${listening.opsPort}`,
  };
}

function createContext(
  { bus, names, clock, log, metrics, readiness, stack }: Foundation,
  config: CredentialConfig,
  parts: { postgres: Postgres; randomBytes: RandomBytes; forgetKey: (digest: Buffer) => void },
): CredentialContext {
  const { postgres } = parts;
  const events = credentialEvents(metrics);
  const stream = credentialStream(names, config.natsReplicas);
  const publisher = new EventPublisher({ bus, names, postgres, stream, events, clock, log });
  publisher.start();
  stack.defer(() => publisher.stop());
  readiness.want('events', () => ({
    ok: publisher.waiting === 0,
    detail: `${publisher.waiting} events wait for the bus`,
  }));
  return {
    ...parts,
    audit: new AuditJournal({ postgres, events, clock }),
    keyring: config.keyring,
    clock,
    events,
    log,
    publish: (event) => publisher.publish(event),
    keyTtlSeconds: config.keyTtlSeconds,
    secretTtlSeconds: config.secretTtlSeconds,
  };
}

/** The keys of the configuration are in place before the port opens, where Postgres can be reached. */
async function startTasks(
  { stack, readiness, log }: Foundation,
  config: CredentialConfig,
  context: CredentialContext,
): Promise<void> {
  const bootstrap = new BackgroundTask({
    run: () => bootstrapKeys(context, config.bootstrapKeys),
    retryMs: RETRY_MS,
    onFailure: (error) => log.warn({ err: error }, 'the configured keys are not in place yet; trying again'),
  });
  const rewrap = new BackgroundTask({
    run: async () => {
      const report = await rewrapSecrets(context);
      if (report.unreadable > 0) log.error(report, 'stored secrets do not open with the configured keys');
      else if (report.rewrapped > 0) log.info(report, 'data keys were wrapped anew');
    },
    retryMs: RETRY_MS,
    againMs: REWRAP_AGAIN_MS,
    onFailure: (error) => log.warn({ err: error }, 'data keys could not be wrapped anew; trying again'),
  });
  stack.defer(() => bootstrap.stop());
  stack.defer(() => rewrap.stop());
  readiness.need('bootstrap', () => ({
    ok: bootstrap.hasSucceeded,
    detail: bootstrap.hasSucceeded ? 'configured keys are in place' : 'configured keys are not in place yet',
  }));
  await bootstrap.start();
  void rewrap.start();
}

/** A call without the permission is refused before its handler: the audit log has it all the same. */
function recordDenial(
  { audit, clock, events, log }: CredentialContext,
  { method, permission, principal }: DeniedCall,
): void {
  events.denied();
  const record = {
    owner: ownerOfCaller(principal),
    actor: principal.keyId,
    action: permission,
    resource: `rpc:${method}`,
    outcome: 'denied',
    details: { role: principal.role },
    occurredAtMs: clock.wallMs(),
  } as const;
  audit
    .record(record)
    .catch((cause: unknown) =>
      log.error({ err: cause, record }, 'a denied call could not be written to the audit log'),
    );
}
