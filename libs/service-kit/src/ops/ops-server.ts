import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Gauge, type Registry } from 'prom-client';
import type { Readiness } from './readiness.ts';

export interface OpsServerOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly readiness: Readiness;
  readonly metrics: Registry;
}

/** Longer than the time between two looks of Prometheus (a minute at most, as a rule), so that none meets a connection that just ends. */
const KEEP_ALIVE_MS = 65_000;

/** A running ops server. */
export interface RunningOpsServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Serves `/metrics` (Prometheus), `/livez` (the event loop turns) and `/readyz` (200 while the service can serve, parts in the body). */
export async function startOpsServer({
  host,
  port,
  readiness,
  metrics,
}: OpsServerOptions): Promise<RunningOpsServer> {
  exposeParts(readiness, metrics);
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, ({ url }, response) => {
    answerTo(url?.split('?')[0] ?? '', { readiness, metrics })
      .then((answered) => answer(response, answered))
      .catch(() =>
        answer(response, { status: 500, type: 'text/plain', body: 'metrics could not be collected\n' }),
      );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new Error(`cannot listen on ${host}:${port} for operations: ${error.message}`, { cause: error }),
      ),
    );
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answerTo(
  path: string,
  { readiness, metrics }: Pick<OpsServerOptions, 'readiness' | 'metrics'>,
): Promise<Answer> {
  switch (path) {
    case '/metrics':
      return { status: 200, type: metrics.contentType, body: await metrics.metrics() };
    case '/livez':
      return { status: 200, type: 'text/plain', body: 'ok\n' };
    case '/readyz': {
      const report = readiness.report();
      const status = report.status === 'not_ready' ? 503 : 200;
      return { status, type: 'application/json', body: `${JSON.stringify(report)}\n` };
    }
    default:
      return { status: 404, type: 'text/plain', body: 'there are /metrics, /livez and /readyz\n' };
  }
}

function exposeParts(readiness: Readiness, registry: Registry): void {
  new Gauge({
    name: 'switchyard_part_up',
    help: 'Whether a part that the service stands on is in order (1) or not (0).',
    labelNames: ['part'],
    registers: [registry],
    collect() {
      for (const [part, { ok }] of Object.entries(readiness.report().parts)) this.set({ part }, ok ? 1 : 0);
    },
  });
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

function answer(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}
