import type { ServiceDefinition } from '@grpc/grpc-js';
import type { Permission } from '@switchyard/contracts';
import type { CallContext } from './call-context.ts';

/** Shape of one method as ts-proto generates it. */
interface MethodShape {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: the generated definition is the only place where these types live
  readonly requestDeserialize: (bytes: Buffer) => any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly responseSerialize: (value: any) => Buffer;
}

type RequestOf<M extends MethodShape> = ReturnType<M['requestDeserialize']>;
type ResponseOf<M extends MethodShape> = Parameters<M['responseSerialize']>[0];

/** Answers one call of a unary method. */
export type UnaryHandler<Req, Res> = (request: Req, context: CallContext) => Promise<Res>;
/** Answers one call of a server-streaming method. */
export type StreamHandler<Req, Res> = (request: Req, context: CallContext) => AsyncIterable<Res>;

/** A handler and the permission that its caller needs. */
export interface Rpc<H> {
  readonly permission: Permission;
  readonly handle: H;
}

/** One handler with its permission for every method of a service: a method without one does not compile. */
export type ServiceHandlers<D> = {
  readonly [K in keyof D]: D[K] extends MethodShape
    ? Rpc<
        D[K]['responseStream'] extends true
          ? StreamHandler<RequestOf<D[K]>, ResponseOf<D[K]>>
          : UnaryHandler<RequestOf<D[K]>, ResponseOf<D[K]>>
      >
    : never;
};

/** A service ready to be served. */
export interface DefinedService {
  readonly definition: ServiceDefinition;
  readonly handlers: Readonly<Record<string, Rpc<unknown>>>;
}

/** Binds handlers to a generated service definition. */
export function defineService<D extends object>(definition: D, handlers: ServiceHandlers<D>): DefinedService {
  return { definition: definition as unknown as ServiceDefinition, handlers };
}
