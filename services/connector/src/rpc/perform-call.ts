import { type Clock, uuidV7 } from '@switchyard/kernel';
import { type CallContext, toServiceError } from '@switchyard/service-kit';
import type { Connector } from '../domain/connector.ts';
import type { ConnectorGates } from '../domain/connector-gates.ts';
import type { ConnectorResult, ConnectorType } from '../domain/connector-type.ts';
import type { Endpoint } from '../domain/endpoint.ts';
import type { ConnectorEvents } from '../events.ts';
import type { Audit, CalledEvents, Secrets } from '../ports.ts';
import { admitCall, outcomeOfFailure } from './admit-call.ts';
import { credentialOf } from './credential-of.ts';
import { limitTime } from './limit-time.ts';
import { makeCall } from './make-call.ts';

export interface PerformDependencies {
  readonly gates: ConnectorGates;
  readonly secrets: Secrets;
  readonly audit: Audit;
  readonly called: CalledEvents;
  readonly events: ConnectorEvents;
  readonly clock: Clock;
}

/** One call, its input checked. */
export interface CheckedCall {
  readonly connector: Connector;
  readonly type: ConnectorType;
  readonly endpoint: Endpoint;
  readonly operation: string;
  readonly input: unknown;
  readonly context: CallContext;
  readonly limit: { readonly limitMs: number; readonly isCallers: boolean };
  /** Monotonic. */
  readonly arrivedAtMs: number;
}

/** A call with its id and the signal that ends it. */
export interface StartedCall extends CheckedCall {
  readonly callId: string;
  readonly signal: AbortSignal;
}

/** What came of a call. */
export interface PerformedCall {
  readonly callId: string;
  readonly result: ConnectorResult;
  readonly durationMs: number;
}

/** Makes a call under every rule: place and breaker, credential, audit, time limit; then tells of it. */
export async function performCall(deps: PerformDependencies, call: CheckedCall): Promise<PerformedCall> {
  const { clock, events } = deps;
  const { connector, arrivedAtMs } = call;
  const callId = uuidV7(clock.wallMs());
  let outcome = 'ok';
  let bytes: number | undefined;
  try {
    const admission = admitCall(deps.gates, { connector, nowMs: arrivedAtMs });
    using limited = limitTime(call.context.signal, call.limit);
    try {
      const result = await prepareAndMake(deps, { ...call, callId, signal: limited.signal });
      bytes = result.sizes.bytes;
      if (result.systemFails) outcome = 'failing_status';
      admission.end(result.systemFails ? 'failure' : 'success', clock.monotonicMs());
      return { callId, result, durationMs: clock.monotonicMs() - arrivedAtMs };
    } catch (error) {
      admission.end(outcomeOfFailure(error), clock.monotonicMs());
      throw error;
    }
  } catch (error) {
    outcome = toServiceError(error).reason;
    throw error;
  } finally {
    const durationMs = clock.monotonicMs() - arrivedAtMs;
    events.callEnded({ type: connector.type, outcome, durationMs, bytes });
  }
}

/** What must be known and written before anything goes out; then the call itself. */
async function prepareAndMake(deps: PerformDependencies, call: StartedCall): Promise<ConnectorResult> {
  const { connector, operation, context, callId, signal } = call;
  const credential = await credentialOf(deps, call);
  await deps.audit.append({
    tenant: connector.tenant,
    actor: context.principal.keyId,
    action: 'connector.execute',
    connector: connector.id,
    outcome: 'allowed',
    details: { call_id: callId, type: connector.type, operation },
  });
  signal.throwIfAborted();
  return makeCall(deps, { ...call, credential });
}
