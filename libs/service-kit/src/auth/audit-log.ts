import { AuditServiceClient } from '@switchyard/contracts/credential';
import { callUnary, type GrpcTarget, openGrpcClient } from '../grpc/grpc-client.ts';

/** What somebody did. Never holds a secret value. */
export interface AuditedAction {
  /** Whom it concerns; '' for the installation. */
  readonly tenant: string;
  /** Id of the API key of whoever did it. */
  readonly actor: string;
  /** Such as `connector.create`. */
  readonly action: string;
  /** To what, such as `connector:crm`. */
  readonly resource: string;
  readonly outcome: 'allowed' | 'denied' | 'failed';
  readonly details: Readonly<Record<string, string>>;
}

/** The audit log of the credential service. */
export interface AuditLog {
  /** @throws what the credential service, or the way to it, refuses it with: then it is not written, or that is not known */
  append(action: AuditedAction): Promise<void>;
  close(): void;
}

const TIMEOUT_MS = 2_000;

/** Opens the audit log for entries of a service. */
export function openAuditLog(target: GrpcTarget): AuditLog {
  const client = openGrpcClient(AuditServiceClient, target);
  const method = client.appendAuditEntry.bind(client);
  return {
    async append({ details, ...action }) {
      const entry = {
        ...{ ...action, details: { ...details } },
        ...{ sequence: 0n, occurredAt: undefined, hash: Buffer.alloc(0) },
      };
      await callUnary({ method, request: { entry }, target, timeoutMs: TIMEOUT_MS });
    },
    close: () => client.close(),
  };
}
