import { BUILT_IN_ROLES } from '@switchyard/contracts';
import {
  type Foundation,
  KeyAuthenticator,
  onCredentialChange,
  type Postgres,
  type ResolvedPrincipal,
} from '@switchyard/service-kit';
import { findApiKeyByDigest } from './adapters/find-api-key.ts';
import { isLive } from './domain/api-key.ts';

/**
 * Knows callers from this service's own table, by the same cache that all services have: a revocation drops an entry here
 * before its call is answered, one by another replica when its event arrives.
 */
export function authenticateFromTable(
  { bus, names, clock }: Foundation,
  { postgres, keyTtlSeconds }: { postgres: Postgres; keyTtlSeconds: number },
): KeyAuthenticator {
  const authenticator = new KeyAuthenticator({
    clock,
    eventsArrive: () => bus.isConnected,
    resolve: async (digest): Promise<ResolvedPrincipal | undefined> => {
      const key = await postgres.asSystem((transaction) => findApiKeyByDigest(transaction, digest));
      if (key === undefined || !isLive(key, clock.wallMs())) return undefined;
      const { id, tenant, role, installation, expiresAtMs } = key;
      const permissions = new Set<string>(BUILT_IN_ROLES[role]);
      return {
        principal: { keyId: id, tenant, role, installation, permissions },
        expiresAtMs,
        ttlMs: keyTtlSeconds * 1_000,
      };
    },
  });
  onCredentialChange(
    { bus, names },
    {
      onChange: ({ kind, keyDigest }) => {
        if (kind === 'api_key') authenticator.dropDigest(keyDigest);
      },
      onGap: () => authenticator.suspectAll(),
    },
  );
  return authenticator;
}
