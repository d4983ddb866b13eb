import { ApiKeyServiceClient, CreateApiKeyRequest } from '@switchyard/contracts/credential';
import type { RunningFleet } from '@switchyard/deploy';
import { callUnary, openGrpcClient } from '@switchyard/service-kit';
import { insist } from '@switchyard/testkit/insist';

/** Whose key is made, and what it may do. */
export interface KeyOptions {
  readonly tenant: string;
  /** Default: agent. */
  readonly role?: 'admin' | 'agent' | 'viewer';
}

/** A key that was made for a test. */
export interface TestKey {
  readonly id: string;
  /** `sy_…` */
  readonly secret: string;
  readonly tenant: string;
}

/** Makes a key by the credential service, as the operator. */
export async function createKey(
  fleet: RunningFleet,
  { tenant, role = 'agent' }: KeyOptions,
): Promise<TestKey> {
  const target = { address: fleet.process('credential').address, apiKey: fleet.apiKey };
  const client = openGrpcClient(ApiKeyServiceClient, target);
  try {
    const request = CreateApiKeyRequest.fromPartial({ tenant, role, name: `${role} of ${tenant}` });
    const method = client.createApiKey.bind(client);
    const { apiKey, secret } = await insist(() => callUnary({ method, request, target, timeoutMs: 10_000 }));
    return { id: apiKey?.id ?? '', secret, tenant };
  } finally {
    client.close();
  }
}

/** Revokes a key by the credential service, as the operator. */
export async function revokeKey(fleet: RunningFleet, { id, tenant }: TestKey): Promise<void> {
  const target = { address: fleet.process('credential').address, apiKey: fleet.apiKey };
  const client = openGrpcClient(ApiKeyServiceClient, target);
  try {
    const method = client.revokeApiKey.bind(client);
    await callUnary({ method, request: { id, tenant }, target, timeoutMs: 10_000 });
  } finally {
    client.close();
  }
}
