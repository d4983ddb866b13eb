import { BinaryWriter } from '@bufbuild/protobuf/wire';

/** What is generated for a message, as far as it is needed to encode one. */
interface Encodes<Message> {
  encode(message: Message, writer?: BinaryWriter): BinaryWriter;
}

/** The bytes of a longer message are not kept for others. */
const MAX_KEPT_BYTES = 64 * 1024;

/** Keeps its bytes between messages: a new writer grows from nothing, in steps, for each. */
let writer = new BinaryWriter();

/** A message as protobuf, for those that are encoded with every request. */
export function encodeMessage<Message>(type: Encodes<Message>, message: Message): Uint8Array<ArrayBuffer> {
  try {
    const bytes = type.encode(message, writer).finish();
    if (bytes.length > MAX_KEPT_BYTES) writer = new BinaryWriter();
    return bytes;
  } catch (error) {
    // It holds half a message.
    writer = new BinaryWriter();
    throw error;
  }
}
