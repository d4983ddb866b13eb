import type { AuthType, Connector, ConnectorTypeName } from '../domain/connector.ts';

/** A row of `connectors`. */
export interface ConnectorRow {
  readonly uid: string;
  readonly tenant: string;
  readonly id: string;
  readonly type: ConnectorTypeName;
  readonly endpoint: string;
  readonly credential_ref: string;
  readonly auth_type: AuthType;
  readonly api_key_header: string;
  readonly timeout_ms: number;
  readonly max_rows: number;
  readonly max_bytes: number;
  readonly max_concurrency: number;
  readonly failure_threshold: number;
  readonly open_seconds: number;
  readonly created_at: Date;
}

/** The columns of {@link ConnectorRow}, for SELECT and INSERT. */
export const CONNECTOR_COLUMNS = `uid, tenant, id, type, endpoint, credential_ref, auth_type, api_key_header,
  timeout_ms, max_rows, max_bytes, max_concurrency, failure_threshold, open_seconds, created_at`;

/** A row as the domain knows it. */
export function connectorOfRow(row: ConnectorRow): Connector {
  return {
    uid: row.uid,
    tenant: row.tenant,
    id: row.id,
    type: row.type,
    endpoint: row.endpoint,
    credentialRef: row.credential_ref,
    authType: row.auth_type,
    apiKeyHeader: row.api_key_header,
    limits: {
      timeoutMs: row.timeout_ms,
      maxRows: row.max_rows,
      maxBytes: row.max_bytes,
      maxConcurrency: row.max_concurrency,
      failureThreshold: row.failure_threshold,
      openSeconds: row.open_seconds,
    },
    createdAt: row.created_at,
  };
}

/** Values in the order of {@link CONNECTOR_COLUMNS}. */
export function rowOfConnector(connector: Connector): unknown[] {
  const { limits } = connector;
  return [
    connector.uid,
    connector.tenant,
    connector.id,
    connector.type,
    connector.endpoint,
    connector.credentialRef,
    connector.authType,
    connector.apiKeyHeader,
    limits.timeoutMs,
    limits.maxRows,
    limits.maxBytes,
    limits.maxConcurrency,
    limits.failureThreshold,
    limits.openSeconds,
    connector.createdAt,
  ];
}
