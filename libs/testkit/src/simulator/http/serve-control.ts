import type { IncomingMessage, ServerResponse } from 'node:http';
import { SimulatorOptionsError } from '../options/simulator-options-error.ts';
import type { Simulator } from '../simulator.ts';
import { readBody } from './read-body.ts';

const MAX_CONTROL_BYTES = 1_048_576;
const MAX_PAGE = 10_000;
const DEFAULT_PAGE = 1_000;

/** A request to the simulator itself. */
export interface ControlRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly simulator: ControlledSimulator;
}

/** The parts of a simulator that HTTP may use. */
export type ControlledSimulator = Omit<
  Simulator,
  'url' | 'providers' | 'close' | typeof Symbol.asyncDispose
> & {
  /** What is set now. */
  settings(): unknown;
  /** Plain text for people. */
  describe(): string;
};

/** Serves `/`, `/stats` and `/control`. */
export async function serveControl(request: ControlRequest): Promise<void> {
  const { req, simulator, path, query } = request;
  switch (`${req.method} ${path}`) {
    case 'GET /':
      return sendText(request, simulator.describe());
    case 'GET /stats':
      return sendJson(request, 200, simulator.stats());
    case 'GET /stats/attempts':
      return sendAttempts(request);
    case 'GET /control':
    case 'GET /control/faults':
    case 'GET /control/latency':
      return sendJson(request, 200, simulator.settings());
    case 'POST /control/reset':
      return apply(request, () => simulator.reset());
    case 'PUT /control/faults':
      return applyBody(request, (body) => simulator.setFaults(body as never));
    case 'DELETE /control/faults':
      return apply(request, () => simulator.clearFaults(query.get('provider') ?? undefined));
    case 'PUT /control/batches':
      return applyBody(request, (body) => simulator.setBatches(body as never));
    case 'PUT /control/latency':
      return applyBody(request, (body) => simulator.setLatency(body as never));
    default:
      return sendJson(request, 404, {
        errors: [{ field: 'path', message: `no ${req.method} ${path} here; GET / lists what there is` }],
      });
  }
}

function sendAttempts(request: ControlRequest): void {
  const after = count(request.query.get('after'), 0);
  const limit = count(request.query.get('limit'), DEFAULT_PAGE);
  if (after === undefined || limit === undefined || limit < 1 || limit > MAX_PAGE) {
    const message = `after must be a whole number, limit one from 1 to ${MAX_PAGE}`;
    sendJson(request, 400, { errors: [{ field: 'query', message }] });
    return;
  }
  const page = request.simulator.attempts({ after, limit });
  const body = page.records.map((record) => `${JSON.stringify(record)}\n`).join('');
  request.res.writeHead(200, {
    'content-type': 'application/jsonl; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'x-next-cursor': String(page.nextCursor),
    'x-lost': String(page.lost),
  });
  request.res.end(body);
}

function count(written: string | null, fallback: number): number | undefined {
  if (written === null) return fallback;
  return /^\d{1,15}$/.test(written) ? Number(written) : undefined;
}

async function applyBody(request: ControlRequest, change: (body: unknown) => void): Promise<void> {
  const body = await readBody(request.req, MAX_CONTROL_BYTES);
  if (body.kind === 'gone') return;
  if (body.kind === 'too-large') {
    const message = `must be at most ${MAX_CONTROL_BYTES} bytes`;
    return sendJson(request, 413, { errors: [{ field: '(document)', message }] });
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.text);
  } catch {
    return sendJson(request, 400, { errors: [{ field: '(document)', message: 'is not valid JSON' }] });
  }
  return apply(request, () => change(parsed));
}

function apply(request: ControlRequest, change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!(error instanceof SimulatorOptionsError)) throw error;
    sendJson(request, 400, { errors: error.issues });
    return;
  }
  sendJson(request, 200, request.simulator.settings());
}

function sendJson({ res }: ControlRequest, status: number, value: unknown): void {
  const body = `${JSON.stringify(value, null, 2)}\n`;
  res.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
  });
  res.end(body);
}

function sendText({ res }: ControlRequest, body: string): void {
  res.writeHead(200, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
  });
  res.end(body);
}
