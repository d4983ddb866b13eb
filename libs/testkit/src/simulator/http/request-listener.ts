import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Provider } from '../provider.ts';
import { type ControlledSimulator, serveControl } from './serve-control.ts';
import { type ProviderRequest, serveProvider } from './serve-provider.ts';

/** What a listener serves. */
export interface Listening {
  readonly simulator: ControlledSimulator;
  readonly context: ProviderRequest['context'];
  /** Absent: `/control` and `/stats` are open. */
  readonly controlToken: string | undefined;
}

const NO_QUERY = new URLSearchParams();

/** Serves control and stats, and each provider under its name. */
export function sharedListener(
  listening: Listening & { readonly providers: ReadonlyMap<string, Provider> },
): RequestListener {
  return guarded((req, res) => {
    const { path, query } = addressOf(req);
    const slash = path.indexOf('/', 1);
    const provider = slash === -1 ? undefined : listening.providers.get(path.slice(1, slash));
    if (provider === undefined) return serveOwn({ ...listening, req, res, path, query });
    const target = { method: req.method ?? '', path: path.slice(slash), query };
    return serveProvider({ req, res, provider, target, context: listening.context });
  });
}

/** Serves one provider without prefix; `GET /` describes the simulator. */
export function providerListener(listening: Listening & { readonly provider: Provider }): RequestListener {
  const { provider, context } = listening;
  return guarded((req, res) => {
    const { path, query } = addressOf(req);
    if (path === '/') return serveOwn({ ...listening, req, res, path, query });
    return serveProvider({ req, res, provider, target: { method: req.method ?? '', path, query }, context });
  });
}

type Own = Listening & {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
};

async function serveOwn({ req, res, path, query, simulator, controlToken }: Own): Promise<void> {
  if (controlToken !== undefined && path !== '/' && !bears(req, controlToken)) {
    res.writeHead(401, { 'content-type': 'application/json', 'www-authenticate': 'Bearer' });
    res.end('{"errors":[{"field":"authorization","message":"must be Bearer and the control token"}]}\n');
    return;
  }
  return serveControl({ req, res, path, query, simulator });
}

function bears(req: IncomingMessage, token: string): boolean {
  const digest = (text: string) => hash('sha256', text, 'buffer');
  return timingSafeEqual(digest(req.headers.authorization ?? ''), digest(`Bearer ${token}`));
}

function addressOf(req: IncomingMessage): { path: string; query: URLSearchParams } {
  const url = req.url ?? '/';
  const mark = url.indexOf('?');
  const path = decoded(mark === -1 ? url : url.slice(0, mark));
  return { path, query: mark === -1 ? NO_QUERY : new URLSearchParams(url.slice(mark + 1)) };
}

function decoded(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Nothing a caller sends may end the process: what is not foreseen is a 500 and a line on stderr. */
function guarded(serve: (req: IncomingMessage, res: ServerResponse) => Promise<void>): RequestListener {
  return (req, res) => {
    // A write to a connection that has just gone is an error event; without a listener it would be thrown.
    res.on('error', () => {});
    serve(req, res).catch((error: unknown) => {
      process.stderr.write(`simulator: ${error instanceof Error ? error.stack : String(error)}\n`);
      if (res.headersSent) res.destroy();
      else res.writeHead(500, { 'content-type': 'text/plain' }).end('simulator: internal error\n');
    });
  };
}
