import { authenticateByCredential } from '../auth/credential-client.ts';
import type { Env } from '../config/env-reader.ts';
import type { Authenticate } from '../grpc/authenticate-call.ts';
import type { BaseConfig } from './base-config.ts';
import type { RunningService } from './run-service.ts';
import { type Foundation, startFoundation } from './start-foundation.ts';

/**
 * Starts a service on its foundation. What was started before a failure is ended again, in reverse order.
 *
 * @param compose the service's own parts, up to its open ports; gives where it listens
 */
export async function startComposed(
  name: string,
  config: BaseConfig & { readonly env: Env },
  compose: (foundation: Foundation) => Promise<RunningService['addresses']>,
): Promise<RunningService> {
  const foundation = await startFoundation(name, config);
  const { log, stack } = foundation;
  try {
    const addresses = await compose(foundation);
    return { log, addresses, [Symbol.asyncDispose]: () => stack.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** Callers are known from the credential service. */
export function authenticateCallers(
  { bus, names, clock }: Pick<Foundation, 'bus' | 'names' | 'clock'>,
  { credentialAddress, apiKey }: BaseConfig,
): Authenticate {
  const authenticator = authenticateByCredential({
    target: { address: credentialAddress, apiKey },
    bus,
    names,
    clock,
  });
  return (authorization) => authenticator.authenticate(authorization);
}
