import type { Connector, ConnectorTypeName } from './connector.ts';
import type { Credential } from './credential.ts';
import type { Endpoint } from './endpoint.ts';

/**
 * A kind of system that can be reached: the one interface that a new kind has to fill. Everything around it is done for it:
 * permission, tenant, breaker, concurrency, credential, audit, event, metrics, trace.
 */
export interface ConnectorType<Input = unknown> {
  readonly name: ConnectorTypeName;
  /** Names that callers may use. */
  readonly operations: readonly string[];
  /**
   * Checks a connector's configuration. Called when it is made and before each call: rules may have changed since.
   *
   * @throws INVALID_ARGUMENT naming the field of the connector, ADDRESS_FORBIDDEN
   */
  readConfiguration(connector: Connector): Endpoint;
  /**
   * Checks a call's input.
   *
   * @throws INVALID_ARGUMENT naming the field
   */
  readInput(connector: Connector, input: Readonly<Record<string, unknown>>): Input;
  /**
   * Makes the call. Must end soon after the signal fires, and must replace the credential in whatever comes back.
   *
   * @throws ServiceError of the service's table
   */
  execute(call: ConnectorCall<Input>): Promise<ConnectorResult>;
  /** Lets go of what is kept for connectors whose secret has changed; undefined: of all. */
  forget(secret?: { readonly tenant: string; readonly id: string }): void;
  /** Ends what is kept open. */
  close(): Promise<void>;
}

/** One call, admitted and audited. */
export interface ConnectorCall<Input> {
  readonly connector: Connector;
  readonly input: Input;
  readonly credential: Credential;
  /** Time left, in milliseconds: for limits that the other side enforces too. */
  readonly timeLeftMs: number;
  /** Fires when the caller goes away or the time limit passes. */
  readonly signal: AbortSignal;
}

/** What came of a call that the system answered. */
export interface ConnectorResult {
  /** Output as JSON text, without the credential. */
  readonly outputJson: string;
  /** How much was given back, by kind. */
  readonly sizes: { readonly rows?: number; readonly bytes: number };
  /** Whether the answer itself says that the system fails, as HTTP 503 does. */
  readonly systemFails: boolean;
}
