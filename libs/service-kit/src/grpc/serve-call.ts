import type {
  handleServerStreamingCall,
  handleUnaryCall,
  Metadata,
  ServerErrorResponse,
  ServerUnaryCall,
  ServerWritableStream,
} from '@grpc/grpc-js';
import type { Permission } from '@switchyard/contracts';
import type { ServiceError } from '@switchyard/kernel';
import { type Principal, requirePermission } from '../auth/principal.ts';
import { awaitDrain } from '../load/await-drain.ts';
import { endSpan, inSpan, startServerSpan } from '../telemetry/spans.ts';
import type { CallContext } from './call-context.ts';
import type { Rpc, StreamHandler, UnaryHandler } from './define-service.ts';
import type { GrpcServerOptions } from './grpc-server-options.ts';
import type { IncomingMessage } from './incoming-message.ts';
import { statusOfError, toServiceError } from './status-of-error.ts';

type Serving = Pick<
  GrpcServerOptions,
  'authenticate' | 'errorDomain' | 'log' | 'observe' | 'observeDenial' | 'requestBytes'
>;
type Call = ServerUnaryCall<unknown, unknown> | ServerWritableStream<unknown, unknown>;

/** Makes a grpc-js handler of a unary RPC. */
export function serveUnary(
  method: string,
  rpc: Rpc<UnaryHandler<unknown, unknown>>,
  serving: Serving,
): handleUnaryCall<IncomingMessage<unknown>, unknown> {
  const admit = admission(method, rpc.permission, serving);
  return (call, callback) => {
    const { context, succeeded, failed } = beginCall(method, call, serving);
    admit(call, context)
      .then((request) => inSpan(context.span, () => rpc.handle(request, context as CallContext)))
      .then((response) => {
        succeeded();
        callback(null, response);
      })
      .catch((error: unknown) => callback(failed(error) as ServerErrorResponse));
  };
}

/** Makes a grpc-js handler of a server-streaming RPC: writes wait while the caller reads slowly. */
export function serveStream(
  method: string,
  rpc: Rpc<StreamHandler<unknown, unknown>>,
  serving: Serving,
): handleServerStreamingCall<IncomingMessage<unknown>, unknown> {
  const admit = admission(method, rpc.permission, serving);
  return (call) => {
    const { context, succeeded, failed } = beginCall(method, call, serving);
    admit(call, context)
      // The span is active over the whole iteration: a generator's body runs when it is asked, not when it is made.
      .then((request) =>
        inSpan(context.span, () => pump(rpc.handle(request, context as CallContext), call, context.signal)),
      )
      .then(() => {
        succeeded();
        call.end();
      })
      .catch((error: unknown) => call.emit('error', failed(error)));
  };
}

async function pump(
  messages: AsyncIterable<unknown>,
  call: ServerWritableStream<IncomingMessage<unknown>, unknown>,
  signal: AbortSignal,
): Promise<void> {
  for await (const message of messages) {
    if (!call.write(message)) await awaitDrain(call, signal);
  }
}

/** A call that is not let in yet: its principal is not known. */
type PendingContext = {
  -readonly [K in keyof CallContext]: K extends 'principal' ? Principal | undefined : CallContext[K];
} & {
  /** Bytes of its request that count as under way. */
  takenBytes: number;
};

/** Lets a call in: its caller is known and permitted, and its request can be read. */
type Admit = (
  call: { readonly request: IncomingMessage<unknown>; readonly metadata: Metadata },
  context: PendingContext,
) => Promise<unknown>;

function admission(
  method: string,
  permission: Permission,
  { authenticate, observeDenial, requestBytes }: Serving,
): Admit {
  return async (call, context) => {
    const authorization = call.metadata.get('authorization')[0];
    const known = authenticate(typeof authorization === 'string' ? authorization : undefined);
    const principal = known instanceof Promise ? await known : known;
    if (!principal.permissions.has(permission)) observeDenial?.({ method, permission, principal });
    requirePermission(principal, permission);
    context.principal = principal;
    requestBytes.take(call.request.bytes);
    context.takenBytes = call.request.bytes;
    return call.request.read();
  };
}

/** Made once: grpc-js says `cancelled` after every call, and an error with a stack is dear. */
const CALLER_GONE = new Error('the call is over');

function beginCall(method: string, call: Call, { errorDomain, log, observe, requestBytes }: Serving) {
  const startedAtMs = performance.now();
  const abort = new AbortController();
  call.on('cancelled', () => abort.abort(CALLER_GONE));
  const deadline = call.getDeadline();
  const deadlineAtMs = deadline instanceof Date ? deadline.getTime() : deadline;
  const context: PendingContext = {
    principal: undefined,
    signal: abort.signal,
    deadlineAtMs: Number.isFinite(deadlineAtMs) ? deadlineAtMs : undefined,
    span: startServerSpan(method, call.metadata),
    metadata: call.metadata,
    takenBytes: 0,
  };
  return {
    context,
    succeeded() {
      requestBytes.give(context.takenBytes);
      endSpan(context.span);
      observe({ method, code: 'OK', durationMs: performance.now() - startedAtMs });
    },
    failed(thrown: unknown) {
      requestBytes.give(context.takenBytes);
      const error: ServiceError = toServiceError(thrown);
      if (error.code === 'INTERNAL')
        log.error({ err: error, cause: error.cause, method }, error.publicMessage);
      endSpan(context.span, error);
      observe({ method, code: error.code, durationMs: performance.now() - startedAtMs });
      return statusOfError(error, errorDomain);
    },
  };
}
