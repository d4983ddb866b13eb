import { armFaults } from './faults/fault-picker.ts';
import { describeSimulator } from './http/describe-simulator.ts';
import type { ControlledSimulator } from './http/serve-control.ts';
import { readBatchSetting, readFaultSetting, readLatencySetting } from './options/read-settings.ts';
import { SimulatorOptionsError } from './options/simulator-options-error.ts';
import type { Provider } from './provider.ts';
import type { SimulatedProvider } from './simulator.ts';
import type { AttemptLog } from './stats/attempt-log.ts';

/** What control works on. */
export interface Controlled {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly log: AttemptLog;
  /** Where each provider is found; may still be filled in. */
  readonly found: ReadonlyMap<string, SimulatedProvider>;
  readonly startedUnixMs: number;
}

/** Stats, faults, latency and reset, for code and for HTTP alike. */
export function createControl({ providers, log, found, startedUnixMs }: Controlled): ControlledSimulator {
  let sinceUnixMs = startedUnixMs;
  const chosen = (name: string) => chooseProviders(providers, name);
  return {
    stats: () => ({
      simulated: true,
      sinceUnixMs,
      providers: byName(providers, ({ state, wire }) => ({
        ...state.counts.snapshot(wire.name),
        batches: state.batches.counts(),
      })),
      attemptLog: log.state(),
    }),
    attempts: ({ after = 0, limit = 1_000 } = {}) => log.page({ after, limit }),
    setFaults(value) {
      const { provider, rules } = readFaultSetting(value);
      for (const { state } of chosen(provider)) state.faults = armFaults(rules);
    },
    clearFaults(name = '*') {
      for (const { state } of chosen(name)) state.faults = armFaults([]);
    },
    setLatency(value) {
      const { provider, latency } = readLatencySetting(value);
      for (const { state } of chosen(provider)) state.latency = latency;
    },
    setBatches(value) {
      const { provider, batches } = readBatchSetting(value);
      for (const { state } of chosen(provider)) state.batchBehaviour = batches;
    },
    reset() {
      sinceUnixMs = Date.now();
      for (const provider of providers.values()) provider.reset();
      log.clear();
    },
    settings: () =>
      byName(providers, ({ state }) => ({
        faults: state.faults.rules,
        latency: state.latency,
        batches: state.batchBehaviour,
      })),
    describe: () => describeSimulator(found.values()),
  };
}

function chooseProviders(providers: ReadonlyMap<string, Provider>, name: string): Provider[] {
  if (name === '*') return [...providers.values()];
  const provider = providers.get(name);
  if (provider !== undefined) return [provider];
  const known = [...providers.keys()].join(', ');
  throw new SimulatorOptionsError([
    { field: 'provider', message: `there is no '${name}'; there are ${known}, and * for all` },
  ]);
}

function byName<T>(
  providers: ReadonlyMap<string, Provider>,
  view: (provider: Provider) => T,
): Record<string, T> {
  return Object.fromEntries([...providers].map(([name, provider]) => [name, view(provider)]));
}
