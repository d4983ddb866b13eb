import { type GrpcTarget, openAuditLog } from '@switchyard/service-kit';
import { auditUnavailable } from '../errors.ts';
import type { Audit } from '../ports.ts';

/** The audit log of the credential service. */
export function grpcAudit(target: GrpcTarget): Audit & { close(): void } {
  const log = openAuditLog(target);
  return {
    async append(record) {
      await log.append({ ...record, outcome: 'allowed' }).catch((error: unknown) => {
        throw auditUnavailable(error);
      });
    },
    close: () => log.close(),
  };
}
