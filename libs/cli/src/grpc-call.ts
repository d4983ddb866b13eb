import { type Client, credentials, type ServiceError as GrpcError, Metadata } from '@grpc/grpc-js';
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
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${apiKey}`);
  return new Promise((resolve, reject) => {
    method(request, metadata, { deadline: Date.now() + TIMEOUT_MS }, (error, response) => {
      if (error === null) resolve(response);
      else reject(errorOfStatus(error));
    });
  });
}
