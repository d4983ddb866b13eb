import { type GrpcTarget, openAuditLog } from '@switchyard/service-kit';
import { connectorError } from '../errors.ts';
import type { Audit } from '../ports.ts';

/** The audit log of the credential service. */
export function grpcAudit(target: GrpcTarget): Audit & { close(): void } {
  const log = openAuditLog(target);
  return {
    async append({ connector, ...record }) {
      await log.append({ ...record, resource: `connector:${connector}` }).catch((error: unknown) => {
        throw connectorError('AUDIT_UNAVAILABLE', { cause: error, retryAfterMs: 1_000 });
      });
    },
    close: () => log.close(),
  };
}
