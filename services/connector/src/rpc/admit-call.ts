import type { Connector } from '../domain/connector.ts';
import type { Admission } from '../domain/connector-gate.ts';
import type { ConnectorGates } from '../domain/connector-gates.ts';
import { blameOf, connectorError } from '../errors.ts';

/** How long to wait for a place, in milliseconds. */
const BUSY_RETRY_MS = 100;
/** How long to wait while a probe finds out whether the system is back, in milliseconds. */
const PROBE_RETRY_MS = 1_000;

/** Takes a place at a connector. @param nowMs monotonic @throws CONNECTOR_BUSY, SERVICE_BUSY, CIRCUIT_OPEN */
export function admitCall(
  gates: ConnectorGates,
  { connector, nowMs }: { readonly connector: Connector; readonly nowMs: number },
): Admission {
  const admitted = gates.admit(connector, nowMs);
  if (!('reason' in admitted)) return admitted;
  switch (admitted.reason) {
    case 'CIRCUIT_OPEN':
      throw connectorError('CIRCUIT_OPEN', { retryAfterMs: admitted.retryAfterMs ?? PROBE_RETRY_MS });
    case 'CONNECTOR_BUSY': {
      const metadata = { max_concurrency: String(connector.limits.maxConcurrency) };
      throw connectorError('CONNECTOR_BUSY', { retryAfterMs: BUSY_RETRY_MS, metadata });
    }
    case 'SERVICE_BUSY':
      throw connectorError('SERVICE_BUSY', { retryAfterMs: BUSY_RETRY_MS });
    default:
      return admitted satisfies never;
  }
}

/** What a failed call tells the breaker. */
export function outcomeOfFailure(error: unknown): 'success' | 'failure' | 'abandoned' {
  const blame = blameOf(error);
  switch (blame) {
    case 'target':
      return 'failure';
    case 'answered':
      return 'success';
    case 'other':
      return 'abandoned';
    default:
      return blame satisfies never;
  }
}
