import { AuditServiceClient } from '@switchyard/contracts/credential';
import { callUnary, type GrpcTarget, openGrpcClient } from '@switchyard/service-kit';
import { connectorError } from '../errors.ts';
import type { Audit } from '../ports.ts';

const APPEND_TIMEOUT_MS = 2_000;

/** The audit log of the credential service. */
export function grpcAudit(target: GrpcTarget): Audit & { close(): void } {
  const client = openGrpcClient(AuditServiceClient, target);
  return {
    async append({ tenant, actor, action, connector, outcome, details }) {
      const entry = {
        sequence: 0n,
        occurredAt: undefined,
        tenant,
        actor,
        action,
        resource: `connector:${connector}`,
        outcome,
        details: { ...details },
        hash: Buffer.alloc(0),
      };
      try {
        await callUnary({
          method: client.appendAuditEntry.bind(client),
          request: { entry },
          target,
          timeoutMs: APPEND_TIMEOUT_MS,
        });
      } catch (error) {
        throw connectorError('AUDIT_UNAVAILABLE', { cause: error, retryAfterMs: 1_000 });
      }
    },
    close: () => client.close(),
  };
}
