import { uuidV7 } from '@switchyard/kernel';
import { toServiceError } from '@switchyard/service-kit';
import type { ConnectorResult } from '../domain/connector-type.ts';
import { admitCall, outcomeOfFailure } from './admit-call.ts';
import { credentialOf } from './credential-of.ts';
import { limitTime } from './limit-time.ts';
import { makeCall } from './make-call.ts';
import type { CheckedCall, PerformDependencies, StartedCall } from './started-call.ts';

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
