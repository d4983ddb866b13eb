import { Server, ServerCredentials, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import type { DefinedService } from './define-service.ts';
import type { GrpcServerOptions } from './grpc-server-options.ts';
import { MAX_MESSAGE_BYTES, readMessage } from './incoming-message.ts';
import { limitResets } from './limit-resets.ts';
import { addReflection } from './reflection.ts';
import { refuseCompressed } from './refuse-compressed.ts';
import { serveStream, serveUnary } from './serve-call.ts';

/** A running gRPC server. */
export interface RunningGrpcServer {
  readonly port: number;
  /** Says NOT_SERVING to new health checks; calls still work. */
  announceStop(): void;
  /** Lets calls under way end, at most for the time given, then ends them. */
  stop(graceMs: number): Promise<void>;
}

/** Most streams of one HTTP/2 connection; grpc-js has no limit of its own. */
const MAX_STREAMS = 4_096;
/** A message above this is cut off by the transport without details; between the two it gets a clear error. */
const TRANSPORT_MAX_BYTES = 2 * MAX_MESSAGE_BYTES;

/** Serves gRPC: every method authenticated, permitted, observed, with rich errors, reflection and grpc.health.v1. */
export async function startGrpcServer(options: GrpcServerOptions): Promise<RunningGrpcServer> {
  const server = new Server({
    interceptors: [refuseCompressed],
    'grpc.max_receive_message_length': TRANSPORT_MAX_BYTES,
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': MAX_STREAMS,
    'grpc-node.max_session_memory': 64,
    // Clients come back through name resolution now and then, so that new replicas get their share.
    'grpc.max_connection_age_ms': 300_000,
    'grpc.max_connection_age_grace_ms': 900_000,
    'grpc.keepalive_time_ms': 60_000,
  });
  for (const service of options.services) addService(server, service, options);
  addReflection(
    server,
    options.image,
    options.services.map(({ definition }) => definition),
  );
  const health = new HealthImplementation({ '': 'SERVING' });
  health.addToServer(server);
  const port = await bind(server, options.address);
  limitResets(server);
  return {
    port,
    announceStop: () => health.setStatus('', 'NOT_SERVING'),
    stop: (graceMs) => stopServer(server, graceMs),
  };
}

function addService(
  server: Server,
  { definition, handlers }: DefinedService,
  options: GrpcServerOptions,
): void {
  const wrapped: Record<string, unknown> = {};
  const implementation: UntypedServiceImplementation = {};
  for (const [name, method] of Object.entries(definition)) {
    const rpc = handlers[name];
    if (rpc === undefined) throw new TypeError(`no handler for ${method.path}`);
    wrapped[name] = { ...method, requestDeserialize: readMessage(method.requestDeserialize) };
    implementation[name] = method.responseStream
      ? serveStream(method.path, rpc as Parameters<typeof serveStream>[1], options)
      : serveUnary(method.path, rpc as Parameters<typeof serveUnary>[1], options);
  }
  server.addService(wrapped as typeof definition, implementation);
}

function bind(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else
        reject(
          new Error(`cannot listen on ${address} for gRPC: ${error.message}; is the port in use?`, {
            cause: error,
          }),
        );
    });
  });
}

function stopServer(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.forceShutdown(), graceMs);
    server.tryShutdown(() => {
      clearTimeout(force);
      resolve();
    });
  });
}
