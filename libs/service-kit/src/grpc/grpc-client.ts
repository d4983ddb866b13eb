import {
  type CallOptions,
  type Client,
  type ClientOptions,
  connectivityState,
  credentials,
  type ServiceError as GrpcError,
  Metadata,
} from '@grpc/grpc-js';
import { errorOfStatus } from '@switchyard/contracts/error-of-status';
import { injectTrace } from '../telemetry/spans.ts';
import { MAX_MESSAGE_BYTES } from './incoming-message.ts';

/** A generated client class. */
type ClientConstructor<C extends Client> = new (
  address: string,
  creds: ReturnType<typeof credentials.createInsecure>,
  options: ClientOptions,
) => C;

/** Where a service is and with which key it is called. */
export interface GrpcTarget {
  /** `host:port`. */
  readonly address: string;
  /** API key of the calling service. */
  readonly apiKey: string;
}

/** Opens a client that connects on first use, spreads calls over all addresses, and comes back by itself. */
export function openGrpcClient<C extends Client>(
  Constructor: ClientConstructor<C>,
  { address }: GrpcTarget,
): C {
  return new Constructor(address, credentials.createInsecure(), {
    'grpc.max_receive_message_length': 2 * MAX_MESSAGE_BYTES,
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
  });
}

/** Whether a client's server can be reached, as far as is known; starts connecting where it has not. */
export function isReachable(client: Client): boolean {
  const state = client.getChannel().getConnectivityState(true);
  return state !== connectivityState.TRANSIENT_FAILURE && state !== connectivityState.SHUTDOWN;
}

// biome-ignore lint/complexity/useMaxParams: the shape of grpc-js's generated methods
type UnaryMethod<Req, Res> = (
  request: Req,
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: (error: GrpcError | null, response: Res) => void,
) => unknown;

/** One unary call. */
export interface UnaryCall<Req, Res> {
  /** The generated client's method, bound: `client.getPriceBook.bind(client)`. */
  readonly method: UnaryMethod<Req, Res>;
  readonly request: Req;
  readonly target: GrpcTarget;
  /** Longest wait, in milliseconds. */
  readonly timeoutMs: number;
}

/** Makes one unary call. @throws ServiceError as the server sent it */
export function callUnary<Req, Res>({
  method,
  request,
  target,
  timeoutMs,
}: UnaryCall<Req, Res>): Promise<Res> {
  return new Promise((resolve, reject) => {
    method(request, callMetadata(target), { deadline: Date.now() + timeoutMs }, (error, response) => {
      if (error === null) resolve(response);
      else reject(errorOfStatus(error));
    });
  });
}

/** Metadata of a call: the calling service's key and the current trace. */
export function callMetadata({ apiKey }: GrpcTarget): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${apiKey}`);
  injectTrace(metadata);
  return metadata;
}
