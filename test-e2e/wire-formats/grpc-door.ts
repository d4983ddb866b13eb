import type { PartialRequest, SwitchyardClient } from '@switchyard/client';
import type { FinishReason, Message } from '@switchyard/contracts/routing';
import { MessageBuilder } from '@switchyard/llm';
import type { Told } from './expect-booked.ts';

/** An answer by gRPC. */
export interface GrpcAnswer extends Told {
  readonly message: Message;
  readonly finishReason: FinishReason;
}

/** Asks for the answer in one piece. */
export async function ask(client: SwitchyardClient, request: PartialRequest): Promise<GrpcAnswer> {
  const { requestId, message, finishReason, usage, cost } = await client.complete(request);
  if (message === undefined) throw new TypeError('an answer without a message');
  return { requestId, message, finishReason, usage, costNanoUsd: cost?.totalNanoUsd };
}

/** Asks for the answer as a stream, and puts it together. */
export async function askForStream(client: SwitchyardClient, request: PartialRequest): Promise<GrpcAnswer> {
  const builder = new MessageBuilder();
  let requestId = '';
  for await (const { event } of client.stream(request)) {
    if (event?.$case === 'started') requestId = event.value.requestId;
    if (event?.$case === 'delta') builder.add(event.value);
    if (event?.$case !== 'finished') continue;
    const { finishReason, usage, cost } = event.value;
    return { requestId, message: builder.message(), finishReason, usage, costNanoUsd: cost?.totalNanoUsd };
  }
  throw new TypeError('the stream ended without its end');
}
