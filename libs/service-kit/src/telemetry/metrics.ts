import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { ObserveCall } from '../grpc/observe-call.ts';

/** A registry of its own for each service, so that several can live in one process (tests). Includes the process's own metrics. */
export function createMetrics(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** Counts and times gRPC calls: `switchyard_grpc_calls_total` and `switchyard_grpc_call_duration_seconds`, by method and code. */
export function observeCalls(registry: Registry): ObserveCall {
  const calls = new Counter({
    name: 'switchyard_grpc_calls_total',
    help: 'gRPC calls that ended, by method and status code.',
    labelNames: ['method', 'code'],
    registers: [registry],
  });
  const durations = new Histogram({
    name: 'switchyard_grpc_call_duration_seconds',
    help: 'Time from the arrival of a gRPC call to its end.',
    labelNames: ['method'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [registry],
  });
  return ({ method, code, durationMs }) => {
    calls.inc({ method, code });
    durations.observe({ method }, durationMs / 1000);
  };
}
