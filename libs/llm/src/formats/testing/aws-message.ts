import { crc32 } from 'node:zlib';

/** What a message of an AWS event stream is made of. */
export interface AwsMessage {
  /** Texts, by their names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly payload?: string | Buffer;
  /** Header bytes before those, as they are. */
  readonly rawHeaders?: Buffer;
}

/** A message of an AWS event stream, framed. */
export function awsMessage({ headers, payload = '', rawHeaders = Buffer.alloc(0) }: AwsMessage): Buffer {
  const texts = Object.entries(headers).map(([name, value]) => {
    const head = Buffer.from([name.length, ...Buffer.from(name), 7, 0, 0]);
    head.writeUInt16BE(Buffer.byteLength(value), head.length - 2);
    return Buffer.concat([head, Buffer.from(value)]);
  });
  const headerBytes = Buffer.concat([rawHeaders, ...texts]);
  const payloadBytes = Buffer.from(payload);
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + headerBytes.length + payloadBytes.length, 0);
  prelude.writeUInt32BE(headerBytes.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const message = Buffer.concat([prelude, headerBytes, payloadBytes]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(message));
  return Buffer.concat([message, checksum]);
}

/** An event with a JSON payload. */
export const awsEvent = (type: string, payload: object): Buffer =>
  awsMessage({
    headers: { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    payload: JSON.stringify(payload),
  });

/** An exception with a text. */
export const awsException = (type: string, message: string): Buffer =>
  awsMessage({
    headers: { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' },
    payload: JSON.stringify({ message }),
  });
