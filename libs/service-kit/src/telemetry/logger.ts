import { trace } from '@opentelemetry/api';
import { type Logger, pino, stdTimeFunctions } from 'pino';
import { isTracing } from './tracing.ts';

export type { Logger } from 'pino';

/** What a logger needs to know. */
export interface LoggerOptions {
  /** Name of the service. */
  readonly service: string;
  /** Least level that is written: trace, debug, info, warn, error or silent. */
  readonly level: string;
}

/** Names whose values never reach a log, at the top and one or two levels down. */
const SECRET_NAMES = [
  'authorization',
  'apiKey',
  'api_key',
  'secret',
  'password',
  'value',
  'token',
  'cookie',
  'prompt',
  'messages',
  'body',
];

/** A JSON logger on standard output: with the trace's ids while tracing is on, without secrets, prompts and answers. */
export function createLogger({ service, level }: LoggerOptions): Logger {
  return pino({
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: ['headers["x-api-key"]', ...SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])],
      censor: '[redacted]',
    },
    mixin: () => {
      const span = isTracing() ? trace.getActiveSpan()?.spanContext() : undefined;
      return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId };
    },
  });
}
