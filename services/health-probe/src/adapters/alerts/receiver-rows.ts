import { type Receiver, readReceiver } from '@switchyard/alerting';
import { Receiver as ReceiverMessage } from '@switchyard/contracts/alert';

/** A stored receiver as the domain knows it; undefined where a later version made it in a way that this one does not know. */
export function receiverOf(definition: unknown): Receiver | undefined {
  const read = readReceiver(ReceiverMessage.fromJSON(definition));
  return read.ok ? read.value : undefined;
}
