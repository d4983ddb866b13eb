import { AuditServiceClient } from '@switchyard/contracts/credential';
import { callUnary, type GrpcTarget, openGrpcClient } from '@switchyard/service-kit';
import { auditUnavailable } from '../errors.ts';
import type { Audit } from '../ports.ts';

const TIMEOUT_MS = 2_000;

/** The audit log of the credential service. */
export function grpcAudit(target: GrpcTarget): Audit & { close(): void } {
  const client = openGrpcClient(AuditServiceClient, target);
  const method = client.appendAuditEntry.bind(client);
  return {
    async append({ details, ...record }) {
      const entry = {
        ...{ ...record, details: { ...details } },
        ...{ sequence: 0n, occurredAt: undefined, outcome: 'allowed', hash: Buffer.alloc(0) },
      };
      await callUnary({ method, request: { entry }, target, timeoutMs: TIMEOUT_MS }).catch((error) => {
        throw auditUnavailable(error);
      });
    },
    close: () => client.close(),
  };
}
