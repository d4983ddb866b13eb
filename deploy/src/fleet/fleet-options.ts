import type { Env } from '@switchyard/service-kit';
import type { SimulatorOptions } from '@switchyard/testkit/simulator';
import type { Progress } from '../output/progress.ts';
import type { ManagedProcess } from '../process/managed-process.ts';
import type { LocalServerKind } from '../providers/local-servers.ts';
import type { GivenServers, PortPlan } from '../settings/port-plan.ts';
import type { ServiceName } from './service-table.ts';
import type { Servers } from './start-servers.ts';

/** Where providers come from. */
export type ProviderSource =
  /** The two simulated ones. */
  | { readonly kind: 'simulated' }
  /** Real ones by keys in this environment and by the ports of this machine; the simulated ones where there is none. */
  | { readonly kind: 'environment'; readonly env: Env; readonly localServers?: readonly LocalServerKind[] }
  /** None is registered. */
  | { readonly kind: 'none' };

/** Parts of a fleet, as far as they have been started. */
export interface FleetParts {
  readonly servers: Servers | undefined;
  readonly processes: readonly ManagedProcess[];
}

/** How a whole installation is started. Everything has a default: `{}` is one for tests, on free ports, in a temporary folder. */
export interface FleetOptions {
  /** Keeps data, logs and keys. Default: a temporary folder, removed at the end. */
  readonly stateDir?: string;
  /** Default: ports that are free now. */
  readonly ports?: PortPlan;
  /** Which services run. Default: all five. Providers are registered only where routing and credential are among them. */
  readonly services?: readonly ServiceName[];
  /** Replicas of routing, 1 to 8, each with a state folder of its own: `routing`, `routing-2`, … Default 1. */
  readonly routingReplicas?: number;
  /** Replicas of health-probe, 1 to 8: `health-probe`, `health-probe-2`, … Default 1. */
  readonly healthProbeReplicas?: number;
  /** Variables that processes get on top, by process: `routing` is for all of its replicas. Default: none. */
  readonly processEnv?: Partial<
    Readonly<Record<ServiceName | 'simulator', Readonly<Record<string, string>>>>
  >;
  /** The user's environment, of which each process gets what is for it. Default: nothing. */
  readonly env?: Env;
  /** Base URL of an OTLP/HTTP collector, for `OTEL_EXPORTER_OTLP_ENDPOINT` of every service. Default: no traces. */
  readonly otlpEndpoint?: string;
  /** How the simulator is set up; address and port are the fleet's. Default: its own defaults. */
  readonly simulator?: Omit<SimulatorOptions, 'host' | 'port'>;
  /** Default: simulated. */
  readonly providers?: ProviderSource;
  /** `SWITCHYARD_LOG_LEVEL` of every service. Default: the services' own, `info`. */
  readonly logLevel?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Servers that run already, by URL. Default: own ones are started. */
  readonly given?: GivenServers;
  /** `synced`: what is acknowledged survives a crash of the machine. Default `fast`: that of the processes only. */
  readonly durability?: 'fast' | 'synced';
  /** What happens to a process or server that ends by itself: it is started again, or stays as it is (default), for tests of faults. */
  readonly onDeath?: 'restart' | 'leave';
  /** Told how the start goes, and later of deaths. Default: nobody. */
  readonly progress?: Progress;
  /** Told of the parts whenever one is started or ends. */
  readonly onChange?: (parts: FleetParts) => void;
  /** Ends the start. */
  readonly signal?: AbortSignal;
}
