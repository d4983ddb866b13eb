import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from '../provider.ts';
import type { ListedModel, RequestProblem, RequestTarget } from '../wire/wire-format.ts';
import type { ServeContext } from './exchange.ts';
import { findKeyProblem, findSignatureProblem } from './read-call.ts';
import { sendWireError } from './send-wire-error.ts';
import { serveBatches } from './serve-batches.ts';
import { serveCall } from './serve-call.ts';
import { serveToken } from './serve-token.ts';

/** A request to one provider. */
export interface ProviderRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly provider: Provider;
  readonly target: RequestTarget;
  readonly context: ServeContext & { readonly startedUnixMs: number };
}

/** Serves everything under one provider's base address. */
export async function serveProvider(request: ProviderRequest): Promise<void> {
  const { provider, target } = request;
  if (await serveBatches(request)) return;
  const route = provider.wire.route(target);
  switch (route.kind) {
    case 'generate':
      return serveCall({ ...request, route, query: target.query });
    case 'token':
      return serveToken(request);
    case 'list-models':
      return sendListing(request, () => provider.wire.modelList(listed(request)));
    case 'get-model': {
      const model = listed(request).find(({ name }) => name === route.model);
      if (model === undefined) return refuse(request, { kind: 'unknown-model', model: route.model });
      return sendListing(request, () => provider.wire.modelEntry(model));
    }
    case 'wrong-method':
    case 'not-found':
      return refuse(request, { kind: route.kind, target });
    default:
      return route satisfies never;
  }
}

function sendListing(request: ProviderRequest, listing: () => unknown): void {
  const { req, res, provider, target } = request;
  const { method = '', url = '', headers } = req;
  const key = provider.wire.readKey({ method, url, headers, query: target.query });
  const problem = findKeyProblem(key, provider) ?? findSignatureProblem(key, { body: '', provider });
  if (problem !== undefined) {
    refuse(request, problem);
    return;
  }
  const body = JSON.stringify(listing());
  res.writeHead(200, {
    'content-type': provider.wire.jsonContentType,
    'content-length': String(Buffer.byteLength(body)),
    'x-simulated-by': 'switchyard',
    ...provider.wire.headers(stampOf(request)),
  });
  res.end(body);
}

function refuse(request: ProviderRequest, problem: RequestProblem): void {
  const { res, provider } = request;
  const stamp = stampOf(request);
  sendWireError({ res, wire: provider.wire, error: provider.wire.refusal(problem, stamp), stamp });
}

function listed({ provider, context }: ProviderRequest): ListedModel[] {
  return provider.models.listed.map((model) => ({ ...model, createdUnixMs: context.startedUnixMs }));
}

function stampOf({ context }: ProviderRequest) {
  return { id: context.nextId(), unixMs: Date.now(), processingMs: 0 };
}
