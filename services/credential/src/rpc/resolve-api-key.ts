import { BUILT_IN_ROLES } from '@switchyard/contracts';
import type { ResolveApiKeyRequest, ResolveApiKeyResponse } from '@switchyard/contracts/credential';
import type { CallContext } from '@switchyard/service-kit';
import { findApiKeyByDigest, findApiKeyById } from '../adapters/find-api-key.ts';
import { isLive } from '../domain/api-key.ts';
import { type Check, checkBytes, checkKeyId } from '../domain/field-checks.ts';
import { keyUnknown, refuseViolations } from '../errors.ts';
import type { CredentialContext } from '../ports.ts';
import { encodeApiKey } from './encode-api-key.ts';
import { inKeyScope } from './key-scope.ts';

/** Tells a service who a key belongs to. A service of one tenant learns of that tenant's keys only. */
export const resolveApiKey =
  (context: CredentialContext) =>
  async (request: ResolveApiKeyRequest, { principal }: CallContext): Promise<ResolveApiKeyResponse> => {
    const { digest, id } = request;
    refuseViolations(...checkWhich(request));
    const key = await inKeyScope(context, principal, {
      tenant: principal.tenant,
      run: (transaction) =>
        id === '' ? findApiKeyByDigest(transaction, digest) : findApiKeyById(transaction, id),
    });
    const isKnown = key !== undefined && isLive(key, context.clock.wallMs());
    context.events.keyResolved(isKnown ? 'known' : 'unknown');
    if (!isKnown) throw keyUnknown();
    return {
      apiKey: encodeApiKey(key),
      permissions: [...BUILT_IN_ROLES[key.role]],
      ttlSeconds: context.keyTtlSeconds,
    };
  };

function checkWhich({ digest, id }: ResolveApiKeyRequest): Check[] {
  if (id === '') return [checkBytes({ field: 'digest', value: digest, min: 32, max: 32 })];
  const both = { field: 'digest', description: 'must be empty where id is given' };
  return [checkKeyId(id), digest.length === 0 ? undefined : both];
}
