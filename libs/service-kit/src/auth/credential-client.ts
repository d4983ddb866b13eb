import type { BusNames } from '@switchyard/contracts';
import { ApiKeyServiceClient, type ResolveApiKeyRequest } from '@switchyard/contracts/credential';
import { CredentialChanged } from '@switchyard/contracts/events';
import { type Clock, ServiceError } from '@switchyard/kernel';
import type { Bus } from '../bus/connect-bus.ts';
import { callUnary, type GrpcTarget, openGrpcClient } from '../grpc/grpc-client.ts';
import { KeyAuthenticator, type ResolvedPrincipal } from './key-authenticator.ts';
import type { Principal } from './principal.ts';

export interface CredentialClientOptions {
  readonly target: GrpcTarget;
  readonly bus: Bus;
  readonly names: BusNames;
  readonly clock: Clock;
}

/** Callers are known from the credential service; its revocations are obeyed at once. */
export function authenticateByCredential({
  target,
  bus,
  names,
  clock,
}: CredentialClientOptions): KeyAuthenticator {
  const client = openGrpcClient(ApiKeyServiceClient, target);
  const authenticator = new KeyAuthenticator({
    clock,
    eventsArrive: () => bus.isConnected,
    resolve: (digest) => resolve({ client, target }, { digest, id: '' }),
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

/** What to do when credentials change. */
export interface CredentialListener {
  readonly onChange: (change: CredentialChanged) => void;
  /** Events may have been missed: the bus was away, or one could not be read. */
  readonly onGap: () => void;
}

/** Listens for changes of credentials. The events are hints to drop caches; the truth is asked for again. */
export function onCredentialChange(
  { bus, names }: { bus: Bus; names: BusNames },
  listener: CredentialListener,
): void {
  let first = true;
  bus.onConnect((connection) => {
    if (!first) {
      listener.onGap();
      return;
    }
    first = false;
    listener.onGap();
    connection.subscribe(names.credentialAll, {
      callback: (error, message) => {
        if (error !== null) return;
        const change = readChange(message.data);
        if (change === undefined) listener.onGap();
        else listener.onChange(change);
      },
    });
  });
}

/** What cannot be read may have been a revocation. It must not throw: nats would stop reading its connection, and say nothing. */
function readChange(data: Uint8Array): CredentialChanged | undefined {
  try {
    return CredentialChanged.decode(data);
  } catch {
    return undefined;
  }
}

/** Tells who keys belong to by their ids: for work that goes on after the call that asked for it. */
export interface KeyOwners {
  /**
   * Nothing is cached.
   *
   * @returns undefined where the key is unknown, ended or revoked
   * @throws CREDENTIAL_UNAVAILABLE where nobody can be asked
   */
  ownerOf(keyId: string): Promise<Principal | undefined>;
  close(): void;
}

/** Owners of keys, by the credential service. */
export function openKeyOwners(target: GrpcTarget): KeyOwners {
  const client = openGrpcClient(ApiKeyServiceClient, target);
  return {
    ownerOf: async (id) => {
      const resolved = await resolve({ client, target }, { digest: Buffer.alloc(0), id });
      return resolved?.principal;
    },
    close: () => client.close(),
  };
}

interface Asked {
  readonly client: ApiKeyServiceClient;
  readonly target: GrpcTarget;
}

async function resolve(
  { client, target }: Asked,
  request: ResolveApiKeyRequest,
): Promise<ResolvedPrincipal | undefined> {
  try {
    const { apiKey, permissions, ttlSeconds } = await callUnary({
      method: client.resolveApiKey.bind(client),
      request,
      target,
      timeoutMs: 2_000,
    });
    if (apiKey === undefined) return undefined;
    const { id, tenant, role, installation, expiresAt } = apiKey;
    return {
      principal: { keyId: id, tenant, role, installation, permissions: new Set(permissions) },
      expiresAtMs: expiresAt?.getTime(),
      ttlMs: ttlSeconds * 1000,
    };
  } catch (error) {
    if (error instanceof ServiceError && isAboutTheAskedKey(error)) return undefined;
    throw new ServiceError({
      reason: 'CREDENTIAL_UNAVAILABLE',
      code: 'UNAVAILABLE',
      publicMessage:
        'the key cannot be checked now because the credential service does not answer; try again',
      retryable: true,
      retryAfterMs: 1_000,
      cause: error,
    });
  }
}

/** KEY_UNKNOWN may also be about the key that this service asks with, which says nothing about the one it asks for. */
function isAboutTheAskedKey({ reason, metadata }: ServiceError): boolean {
  return reason === 'KEY_UNKNOWN' && metadata.key !== 'caller';
}
