import {
  type Client,
  type ClientReadableStream,
  credentials,
  type ServiceError as GrpcError,
  Metadata,
} from '@grpc/grpc-js';
import { errorOfStatus } from '@switchyard/contracts/error-of-status';

/** A generated client class. */
type ClientConstructor<C extends Client> = new (
  address: string,
  creds: ReturnType<typeof credentials.createInsecure>,
) => C;

const TIMEOUT_MS = 15_000;

/** Opens a client of one service for the time of one command. */
export const openClient = <C extends Client>(Constructor: ClientConstructor<C>, address: string): C =>
  new Constructor(address, credentials.createInsecure());

// biome-ignore lint/complexity/useMaxParams: the shape of grpc-js's generated methods
type UnaryMethod<Req, Res> = (
  request: Req,
  metadata: Metadata,
  options: { readonly deadline: number },
  callback: (error: GrpcError | null, response: Res) => void,
) => unknown;

/** Makes one call with a key. @throws ServiceError as the server sent it */
export function call<Req, Res>(method: UnaryMethod<Req, Res>, request: Req, apiKey: string): Promise<Res> {
  const metadata = authorizedBy(apiKey);
  return new Promise((resolve, reject) => {
    method(request, metadata, { deadline: Date.now() + TIMEOUT_MS }, (error, response) => {
      if (error === null) resolve(response);
      else reject(errorOfStatus(error));
    });
  });
}

type StreamMethod<Req, Res> = (
  request: Req,
  metadata: Metadata,
  options: { readonly deadline: number },
) => ClientReadableStream<Res>;

/** How a stream is asked for. */
export interface StreamCall {
  readonly apiKey: string;
  /** Longest time until its end, in milliseconds. */
  readonly timeoutMs: number;
}

/** What one call sends, as it comes. @throws ServiceError as the server sent it */
export async function* receive<Req, Res>(
  method: StreamMethod<Req, Res>,
  request: Req,
  { apiKey, timeoutMs }: StreamCall,
): AsyncGenerator<Res> {
  const stream = method(request, authorizedBy(apiKey), { deadline: Date.now() + timeoutMs });
  try {
    for await (const message of stream) yield message as Res;
  } catch (error) {
    throw errorOfStatus(error as GrpcError);
  } finally {
    stream.cancel();
  }
}

function authorizedBy(apiKey: string): Metadata {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${apiKey}`);
  return metadata;
}
