import { type Span, SpanKind } from '@opentelemetry/api';
import type { ServiceError } from '@switchyard/kernel';
import { endSpan, inSpan, startSpan, toServiceError, traceparentOf } from '@switchyard/service-kit';
import type { ConnectorResult } from '../domain/connector-type.ts';
import type { Credential } from '../domain/credential.ts';
import type { PerformDependencies, StartedCall } from './started-call.ts';

type ReadyCall = StartedCall & { readonly credential: Credential };

/** Makes the call itself, inside a span of its own, and tells of it on the bus however it ends. */
export async function makeCall(deps: PerformDependencies, call: ReadyCall): Promise<ConnectorResult> {
  const { connector, type, operation, input, credential, signal, callId, context } = call;
  const span = startSpan(`connector ${type.name} ${operation}`, {
    parent: context.span,
    kind: SpanKind.CLIENT,
    attributes: { 'switchyard.connector': connector.id, 'switchyard.call_id': callId },
  });
  const startedAtMs = deps.clock.monotonicMs();
  const timeLeftMs = Math.max(1, call.limit.limitMs - (startedAtMs - call.arrivedAtMs));
  let ended: Ended = {};
  try {
    const result = await inSpan(span, () =>
      type.execute({ connector, input, credential, timeLeftMs, signal }),
    );
    ended = { result };
    return result;
  } catch (error) {
    const failure = toServiceError(error);
    ended = { failure };
    throw failure;
  } finally {
    endSpan(span, ended.failure);
    publish(deps, { call, ended, startedAtMs, span: span ?? context.span });
  }
}

interface Ended {
  readonly result?: ConnectorResult;
  readonly failure?: ServiceError;
}

function publish(
  { called, clock }: PerformDependencies,
  {
    call,
    ended,
    startedAtMs,
    span,
  }: {
    readonly call: ReadyCall;
    readonly ended: Ended;
    readonly startedAtMs: number;
    readonly span: Span | undefined;
  },
): void {
  const durationMs = clock.monotonicMs() - startedAtMs;
  called.publish({
    callId: call.callId,
    tenant: call.connector.tenant,
    connector: call.connector.id,
    operation: call.operation,
    keyId: call.context.principal.keyId,
    outcome: ended.failure?.reason ?? 'ok',
    durationMs,
    sizes: ended.result?.sizes ?? {},
    occurredAtMs: clock.wallMs() - durationMs,
    traceparent: traceparentOf(span),
  });
}
