import { withProgress } from '../output/progress.ts';
import { type RegisteredProviders, registerProviders } from '../providers/register-providers.ts';
import { simulatedProviders } from '../providers/simulated.ts';
import type { FleetOptions } from './fleet-options.ts';
import type { Preparation } from './prepare-fleet.ts';
import { SERVICE_NAMES } from './service-table.ts';

/** Registers what was found, else the simulated providers. @returns undefined where nothing was to be registered */
export async function registerFound(
  { stateDir, ports, identity, catalog, found, progress }: Preparation,
  { providers = { kind: 'simulated' }, services = SERVICE_NAMES }: FleetOptions,
  signal: AbortSignal,
): Promise<RegisteredProviders | undefined> {
  if (providers.kind === 'none' || !services.includes('routing') || !services.includes('credential')) {
    return undefined;
  }
  const text = 'Registering providers';
  return withProgress({ progress, task: 'register', text }, async () => {
    const result = await registerProviders({
      stateDir,
      routingAddress: `127.0.0.1:${ports.services.routing.grpc}`,
      credentialAddress: `127.0.0.1:${ports.services.credential.grpc}`,
      apiKey: identity.operatorKey,
      found: found.providers,
      simulated: simulatedProviders(catalog, `http://127.0.0.1:${ports.simulator}`),
      signal,
      fingerprintKey: identity.keyEncryptionKey,
    });
    const serving = [...result.providers.map(({ id }) => id), ...result.configured].join(', ');
    const changes = result.changes.length === 0 ? '' : ` (${result.changes.join(', ')})`;
    return { result, text: `Providers: ${serving}${changes}` };
  });
}
