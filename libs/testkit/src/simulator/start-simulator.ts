import { createControl } from './control.ts';
import { type Listener, listen } from './http/listen.ts';
import { type Listening, providerListener, sharedListener } from './http/request-listener.ts';
import { idSource } from './http/stamp-source.ts';
import { DEFAULT_PROVIDERS, DEFAULTS } from './options/default-options.ts';
import { readOptions } from './options/read-settings.ts';
import type { ProviderOptions, SimulatorOptions } from './options/simulator-options.ts';
import { createProvider, type Provider } from './provider.ts';
import type { SimulatedProvider, Simulator } from './simulator.ts';
import { attemptLog } from './stats/attempt-log.ts';

/**
 * Starts a simulator in this process. It listens when the promise resolves.
 *
 * @throws SimulatorOptionsError naming each option that is wrong; Error when a port can not be had.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { host, port, seed, maxBodyBytes, attemptLogSize, maxConnections, providers, controlToken } = {
    ...DEFAULTS,
    providers: DEFAULT_PROVIDERS,
    controlToken: undefined,
    ...readOptions(options),
  };
  const byName = new Map(providers.map((provider) => [provider.name, createProvider(provider, seed)]));
  const log = attemptLog(attemptLogSize);
  const found = new Map<string, SimulatedProvider>();
  const startedUnixMs = Date.now();
  const control = createControl({ providers: byName, log, found, startedUnixMs });
  const context = { log, maxBodyBytes, nextId: idSource(), nowMs: () => performance.now(), startedUnixMs };
  const listeners = await openAll({
    listening: { simulator: control, context, controlToken },
    options: providers,
    byName,
    found,
    where: { host, port, maxConnections },
  });
  const close = async ({ graceMs = 0 } = {}) => {
    await Promise.all(listeners.map((listener) => listener.close(graceMs)));
  };
  const { settings: _, describe: __, ...usable } = control;
  return {
    ...usable,
    url: (listeners[0] as Listener).origin,
    providers: Object.fromEntries(found),
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

interface Opening {
  readonly listening: Listening;
  readonly options: readonly ProviderOptions[];
  readonly byName: ReadonlyMap<string, Provider>;
  /** Filled in: where each provider is found. */
  readonly found: Map<string, SimulatedProvider>;
  readonly where: { readonly host: string; readonly port: number; readonly maxConnections: number };
}

/** The shared server first, then those of providers with their own port; all or none. */
async function openAll({ listening, options, byName, found, where }: Opening): Promise<Listener[]> {
  const listeners: Listener[] = [];
  try {
    const listener = sharedListener({ ...listening, providers: byName });
    const shared = await listen({ ...where, listener });
    listeners.push(shared);
    for (const { name, format, port } of options) {
      let baseUrl = `${shared.origin}/${name}`;
      if (port !== undefined) {
        const provider = byName.get(name) as Provider;
        const own = await listen({ ...where, port, listener: providerListener({ ...listening, provider }) });
        listeners.push(own);
        baseUrl = own.origin;
      }
      found.set(name, { name, format, baseUrl });
    }
    return listeners;
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.close(0)));
    throw error;
  }
}
