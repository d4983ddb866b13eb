import type { Connector } from './domain/connector.ts';

/** Where connectors are kept. Each access sees the rows of one tenant. */
export interface ConnectorStore {
  /** @throws CONNECTOR_EXISTS, TOO_MANY_CONNECTORS */
  insert(connector: Connector): Promise<void>;
  find(tenant: string, id: string): Promise<Connector | undefined>;
  /** In the order of ids. */
  list(
    tenant: string,
    page: { readonly afterId: string; readonly limit: number },
  ): Promise<readonly Connector[]>;
  /** @returns whether there was one */
  delete(tenant: string, id: string): Promise<boolean>;
}

/** Names a secret. */
export interface SecretName {
  readonly tenant: string;
  readonly id: string;
}

/** A secret as it may be used. */
export interface UsableSecret {
  readonly value: Uint8Array;
  /** As the credential service keeps them. */
  readonly allowedOrigins: readonly string[];
}

/** Where secrets come from. */
export interface Secrets {
  /** @throws CREDENTIAL_NOT_FOUND, CREDENTIAL_UNAVAILABLE */
  read(secret: SecretName): Promise<UsableSecret>;
}

/** What goes into the audit log. Never a secret, a query or an answer. */
export interface AuditRecord {
  readonly tenant: string;
  /** Id of the caller's API key. */
  readonly actor: string;
  readonly action: 'connector.execute' | 'connector.create' | 'connector.delete';
  /** Id of the connector. */
  readonly connector: string;
  readonly outcome: 'allowed' | 'denied';
  readonly details: Readonly<Record<string, string>>;
}

/** Where it is recorded who did what. */
export interface Audit {
  /** @throws AUDIT_UNAVAILABLE: then nothing may be done */
  append(record: AuditRecord): Promise<void>;
}

/** One call that was made, however it ended. */
export interface CalledEvent {
  readonly callId: string;
  readonly tenant: string;
  readonly connector: string;
  readonly operation: string;
  readonly keyId: string;
  /** `ok` or the reason of the error. */
  readonly outcome: string;
  readonly durationMs: number;
  readonly sizes: { readonly rows?: number; readonly bytes?: number };
  /** Wall milliseconds. */
  readonly occurredAtMs: number;
  readonly traceparent: string;
}

/** Where calls are told of. */
export interface CalledEvents {
  /** Never waits and never fails. */
  publish(event: CalledEvent): void;
}
