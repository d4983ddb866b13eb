import { Metadata, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';

/**
 * Refuses compressed requests before anything is inflated: grpc-js would do it for anyone, known or not, and a few kilobytes
 * become as many megabytes as a message may have. Source: https://github.com/grpc/grpc/blob/master/doc/compression.md
 */
export const refuseCompressed: ServerInterceptor = (_method, call) => {
  // grpc-js takes the header away before interceptors see it; this private field is what is left of it.
  const { incomingEncoding } = call as { readonly incomingEncoding?: unknown };
  // An interceptor is declared to give the class, and used by its interface: nothing is wrapped where nothing is refused.
  if (incomingEncoding === 'identity') return call as ServerInterceptingCall;
  const metadata = new Metadata();
  metadata.set('grpc-accept-encoding', 'identity');
  return new ServerInterceptingCall(call, {
    start: () =>
      call.sendStatus({
        code: status.UNIMPLEMENTED,
        details: `requests compressed with ${JSON.stringify(incomingEncoding)} are not taken; send them uncompressed`,
        metadata,
      }),
  });
};
