import type { Logger } from 'pino';
import type { ByteBudget } from '../load/byte-budget.ts';
import type { Authenticate } from './authenticate-call.ts';
import type { DefinedService } from './define-service.ts';
import type { ObserveCall, ObserveDenial } from './observe-call.ts';

export interface GrpcServerOptions {
  /** Host and port to listen on; port 0 lets the system choose. */
  readonly address: string;
  readonly services: readonly DefinedService[];
  readonly authenticate: Authenticate;
  /** Domain of ErrorInfo, for example `switchyard.routing`. */
  readonly errorDomain: string;
  /** Descriptors for reflection: `libs/contracts/image.binpb`. */
  readonly image: Buffer;
  readonly log: Logger;
  /** Bounds the bytes of all requests under way. */
  readonly requestBytes: ByteBudget;
  /** Told of every call that ends. */
  readonly observe: ObserveCall;
  /** Told of every call that its caller had no permission for. Default: nobody is told. */
  readonly observeDenial?: ObserveDenial | undefined;
}
