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
  const server = createServer((request, response) => {
    switch (request.url?.split('?')[0]) {
      case '/metrics':
        metrics
          .metrics()
          .then((text) => answer(response, 200, metrics.contentType, text))
          .catch(() => answer(response, 500, 'text/plain', 'metrics could not be collected\n'));
        return;
      case '/livez':
        answer(response, 200, 'text/plain', 'ok\n');
        return;
      case '/readyz': {
        const report = readiness.report();
        answer(
          response,
          report.status === 'not_ready' ? 503 : 200,
          'application/json',
          `${JSON.stringify(report)}\n`,
        );
        return;
      }
      default:
        answer(response, 404, 'text/plain', 'there are /metrics, /livez and /readyz\n');
    }
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

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}
