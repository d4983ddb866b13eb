import type { ExecuteRequest, ExecuteResponse } from '@switchyard/contracts/connector';
import { invalidArgument, ServiceError } from '@switchyard/kernel';
import type { CallContext, UnaryHandler } from '@switchyard/service-kit';
import type { ConnectorTypes } from '../connector-types.ts';
import type { Connector } from '../domain/connector.ts';
import { parseLosslessJson } from '../domain/lossless-json.ts';
import { connectorError } from '../errors.ts';
import type { ConnectorStore } from '../ports.ts';
import { performCall } from './perform-call.ts';
import type { PerformDependencies } from './started-call.ts';

export interface ExecuteDependencies extends PerformDependencies {
  readonly store: ConnectorStore;
  readonly types: ConnectorTypes;
}

const MAX_INPUT_BYTES = 1_048_576;

/** Runs one operation of a connector of the caller's own tenant. */
export function execute(dependencies: ExecuteDependencies): UnaryHandler<ExecuteRequest, ExecuteResponse> {
  const { store, types } = dependencies;
  return async (request, context) => {
    const arrivedAtMs = dependencies.clock.monotonicMs();
    const input = readInputJson(request.inputJson);
    const connector = await store.find(context.principal.tenant, request.connector);
    if (connector === undefined) throw connectorError('CONNECTOR_NOT_FOUND');
    const type = types[connector.type];
    if (!type.operations.includes(request.operation)) {
      const description = `must be ${type.operations.join(' or ')} for a connector of type ${type.name}`;
      throw invalidArgument({ field: 'operation', description });
    }
    const endpoint = configurationOf(() => type.readConfiguration(connector));
    const checked = type.readInput(connector, input);
    const limit = readTimeLimit(request, { connector, context, nowMs: dependencies.clock.wallMs() });
    const { callId, result, durationMs } = await performCall(dependencies, {
      connector,
      type,
      endpoint,
      operation: request.operation,
      input: checked,
      context,
      limit,
      arrivedAtMs,
    });
    return { callId, outputJson: result.outputJson, duration: durationOf(durationMs) };
  };
}

function readInputJson(text: string): Readonly<Record<string, unknown>> {
  const wrong = (description: string) => invalidArgument({ field: 'input_json', description });
  if (Buffer.byteLength(text) > MAX_INPUT_BYTES) throw wrong(`has more than ${MAX_INPUT_BYTES} bytes`);
  const parsed = parseLosslessJson(text);
  if (!parsed.ok) throw wrong(`is ${parsed.error}`);
  const { value } = parsed;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong('must be a JSON object');
  return value as Readonly<Record<string, unknown>>;
}

/** What was allowed when the connector was made may not be any more; that is not the fault of this call's input. */
function configurationOf<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== 'INVALID_ARGUMENT') throw error;
    throw connectorError('CONFIGURATION_REFUSED', { cause: error, more: error.publicMessage });
  }
}

/** The shortest of the connector's limit, the request's and the caller's deadline. */
function readTimeLimit(
  { timeLimit }: ExecuteRequest,
  { connector, context, nowMs }: { connector: Connector; context: CallContext; nowMs: number },
) {
  const { timeoutMs } = connector.limits;
  let limitMs = timeoutMs;
  if (timeLimit !== undefined) {
    limitMs = Number(timeLimit.seconds) * 1000 + timeLimit.nanos / 1e6;
    if (!(limitMs > 0 && limitMs <= timeoutMs)) {
      const description = `must be above 0 and at most the connector's own ${timeoutMs} ms`;
      throw invalidArgument({ field: 'time_limit', description });
    }
  }
  if (context.deadlineAtMs !== undefined)
    limitMs = Math.min(limitMs, Math.max(0, context.deadlineAtMs - nowMs));
  return { limitMs, isCallers: limitMs < timeoutMs };
}

function durationOf(durationMs: number) {
  const wholeMs = Math.floor(durationMs);
  const nanos = (wholeMs % 1000) * 1e6 + Math.round((durationMs - wholeMs) * 1e6);
  return { seconds: BigInt(Math.floor(wholeMs / 1000)), nanos: Math.min(nanos, 999_999_999) };
}
