import { invalidArgument, ServiceError } from '@switchyard/kernel';

/** Most bytes of one message. */
export const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

/** A request as it came off the wire: read, or why not. Kept as data because grpc-js turns a throwing deserializer into a bare INTERNAL. */
export type IncomingMessage<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ServiceError };

/** Wraps a generated deserializer so that what cannot be read gets a clear error with details. */
export function readMessage<T>(deserialize: (bytes: Buffer) => T): (bytes: Buffer) => IncomingMessage<T> {
  return (bytes) => {
    if (bytes.length > MAX_MESSAGE_BYTES) return { ok: false, error: tooLarge(bytes.length) };
    try {
      return { ok: true, value: deserialize(bytes) };
    } catch (error) {
      return {
        ok: false,
        error: invalidArgument({
          field: '(message)',
          description: `not a readable protobuf message: ${(error as Error).message}`,
        }),
      };
    }
  };
}

function tooLarge(bytes: number): ServiceError {
  return new ServiceError({
    reason: 'MESSAGE_TOO_LARGE',
    code: 'RESOURCE_EXHAUSTED',
    publicMessage: `the message has ${bytes} bytes; at most ${MAX_MESSAGE_BYTES} are accepted`,
    metadata: { bytes: String(bytes), max_bytes: String(MAX_MESSAGE_BYTES) },
  });
}
