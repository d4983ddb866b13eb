import { invalidArgument, ServiceError } from '@switchyard/kernel';

/** Most bytes of one message. */
export const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;

/**
 * A request as it came off the wire. It is read when its caller is known and permitted: a few bytes of a message become a
 * hundred of memory, which nobody without a key may ask for.
 */
export interface IncomingMessage<T> {
  readonly bytes: number;
  /** @throws MESSAGE_TOO_LARGE, INVALID_ARGUMENT where it cannot be read */
  read(): T;
}

/** Wraps a generated deserializer: grpc-js would call it before anything is known of the caller, and make a bare INTERNAL of what it throws. */
export function readMessage<T>(deserialize: (bytes: Buffer) => T): (bytes: Buffer) => IncomingMessage<T> {
  return (bytes) => ({
    bytes: bytes.length,
    read() {
      if (bytes.length > MAX_MESSAGE_BYTES) throw tooLarge(bytes.length);
      try {
        return deserialize(bytes);
      } catch (error) {
        throw invalidArgument({
          field: '(message)',
          description: `not a readable protobuf message: ${(error as Error).message}`,
        });
      }
    },
  });
}

function tooLarge(bytes: number): ServiceError {
  return new ServiceError({
    reason: 'MESSAGE_TOO_LARGE',
    code: 'RESOURCE_EXHAUSTED',
    publicMessage: `the message has ${bytes} bytes; at most ${MAX_MESSAGE_BYTES} are accepted`,
    metadata: { bytes: String(bytes), max_bytes: String(MAX_MESSAGE_BYTES) },
  });
}
