import type { Metadata } from '@grpc/grpc-js';
import {
  type Attributes,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { ServiceError } from '@switchyard/kernel';
import { isTracing } from './tracing.ts';

const tracer = () => trace.getTracer('switchyard');

const fromMetadata = {
  keys: (carrier: Metadata) => Object.keys(carrier.getMap()),
  get: (carrier: Metadata, key: string) => carrier.get(key)[0]?.toString(),
};
const fromHeaders = {
  keys: (carrier: Readonly<Record<string, string | string[] | undefined>>) => Object.keys(carrier),
  get: (carrier: Readonly<Record<string, string | string[] | undefined>>, key: string) => {
    const value = carrier[key];
    return Array.isArray(value) ? value[0] : value;
  },
};

/** The span of a call that came in by gRPC; undefined while tracing is off. */
export function startServerSpan(method: string, metadata: Metadata): Span | undefined {
  if (!isTracing()) return undefined;
  const parent = propagation.extract(ROOT_CONTEXT, metadata, fromMetadata);
  return tracer().startSpan(
    method.slice(1),
    { kind: SpanKind.SERVER, attributes: { 'rpc.system': 'grpc' } },
    parent,
  );
}

/** The span of a request that came in by HTTP; undefined while tracing is off. */
export function startHttpSpan(
  name: string,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Span | undefined {
  if (!isTracing()) return undefined;
  return tracer().startSpan(
    name,
    { kind: SpanKind.SERVER },
    propagation.extract(ROOT_CONTEXT, headers, fromHeaders),
  );
}

/** Where and what of a new span. */
export interface SpanOptions {
  /** The parent; undefined: the active span, if any. */
  readonly parent?: Span | undefined;
  /** W3C traceparent of the parent, where it is in another process. */
  readonly traceparent?: string | undefined;
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** When it began, where that is past, in wall milliseconds. */
  readonly startTimeMs?: number;
}

/** A span inside a trace; undefined while tracing is off. */
export function startSpan(name: string, options: SpanOptions = {}): Span | undefined {
  if (!isTracing()) return undefined;
  const { kind = SpanKind.INTERNAL, attributes = {}, startTimeMs } = options;
  const times = startTimeMs === undefined ? {} : { startTime: startTimeMs };
  return tracer().startSpan(name, { kind, attributes, ...times }, parentContext(options));
}

function parentContext({ parent, traceparent }: SpanOptions): Context {
  if (parent !== undefined) return trace.setSpan(context.active(), parent);
  if (traceparent === undefined) return context.active();
  return propagation.extract(ROOT_CONTEXT, { traceparent }, fromHeaders);
}

/** Ends a span, as failed where there is an error. Error texts are the public ones. */
export function endSpan(span: Span | undefined, error?: ServiceError): void {
  if (span === undefined) return;
  if (error !== undefined) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: error.reason });
    span.setAttribute('error.type', error.reason);
  }
  span.end();
}

/** Runs something with a span as the active one. */
export function inSpan<T>(span: Span | undefined, run: () => T): T {
  return span === undefined ? run() : context.with(trace.setSpan(context.active(), span), run);
}

/** The W3C traceparent of a span; '' while tracing is off. Source: https://www.w3.org/TR/trace-context/ */
export function traceparentOf(span: Span | undefined): string {
  if (span === undefined) return '';
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/** Writes the active trace into gRPC metadata. */
export function injectTrace(metadata: Metadata): void {
  if (!isTracing()) return;
  propagation.inject(context.active(), metadata, { set: (carrier, key, value) => carrier.set(key, value) });
}
