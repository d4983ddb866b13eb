/** Kinds of systems that can be reached. */
export type ConnectorTypeName = 'postgresql' | 'rest';

/** How a credential is used. */
export type AuthType = 'none' | 'basic' | 'bearer' | 'api_key';

/** Limits of every call of one connector; all within their stated bounds. */
export interface ConnectorLimits {
  /** Most time of one call. 1 to 300,000. Default 30,000. */
  readonly timeoutMs: number;
  /** Most rows of a result. 1 to 100,000. Default 1,000. */
  readonly maxRows: number;
  /** Most bytes of a result: the rows as JSON, or the body as it came. 1 to 16,777,216. Default 1,048,576. */
  readonly maxBytes: number;
  /** Calls at once at one replica. 1 to 1,000. Default 10. */
  readonly maxConcurrency: number;
  /** Failures in a row that open the breaker. 1 to 1,000. Default 5. */
  readonly failureThreshold: number;
  /** How long the breaker stays open, in seconds. 1 to 3,600. Default 30. */
  readonly openSeconds: number;
}

/** A configured way to reach a system. It is never changed: another one replaces it. */
export interface Connector {
  /** Unlike `id`, never given twice: what is kept in memory for a connector is kept under this. */
  readonly uid: string;
  readonly id: string;
  readonly tenant: string;
  readonly type: ConnectorTypeName;
  /** As the operator wrote it. */
  readonly endpoint: string;
  /** Id of the secret, in the same tenant; '' where it needs none. */
  readonly credentialRef: string;
  readonly authType: AuthType;
  /** Header of an API key, lower case. */
  readonly apiKeyHeader: string;
  readonly limits: ConnectorLimits;
  readonly createdAt: Date;
}
