import type { CallOptions } from '@grpc/grpc-js';
import {
  CompleteRequest,
  EmbedRequest,
  type EmbedResponse,
  FinishReason,
  type InferenceServiceClient,
  Message,
  Purpose,
  Role,
  type StreamCompleteResponse,
} from '@switchyard/contracts/routing';
import { ServiceError, unreachable } from '@switchyard/kernel';
import { callMetadata, errorOfStatus, type GrpcTarget } from '@switchyard/service-kit';
import type { TestAnswer } from '../domain/provider-tests/provider-test.ts';
import type { TestCall, TestCallResult } from '../ports.ts';

/** Sends the request of a test through routing's pipeline, at one model of one provider. */
export async function callTest(
  { client, target }: { readonly client: InferenceServiceClient; readonly target: GrpcTarget },
  call: TestCall,
): Promise<TestCallResult> {
  try {
    return { kind: 'answered', ...(await answered({ client, target }, call)) };
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const { reason, metadata, publicMessage } = error;
    const { error_class: errorClass, request_id: requestId = '' } = metadata;
    return { kind: 'failed', reason, errorClass, message: publicMessage, requestId };
  }
}

interface Routing {
  readonly client: InferenceServiceClient;
  readonly target: GrpcTarget;
}

interface Sending extends Routing {
  readonly call: TestCall;
  readonly request: CompleteRequest;
}

type Answered = Omit<Extract<TestCallResult, { kind: 'answered' }>, 'kind'>;

async function answered(routing: Routing, call: TestCall): Promise<Answered> {
  const { test } = call;
  switch (test.kind) {
    case 'completion': {
      const request = CompleteRequest.fromPartial({ ...test.ask, ...aimed(call) });
      const answer = await (test.stream ? streamed : whole)({ ...routing, call, request });
      const { requestId, costNanoUsd } = answer;
      return { verdict: test.judge(answer), requestId, costNanoUsd };
    }
    case 'embedding': {
      const request = EmbedRequest.fromPartial({ ...test.ask, ...aimed(call) });
      const answer = await embedded(routing, { call, request });
      const { requestId, cost } = answer;
      return { verdict: test.judge(answer), requestId, costNanoUsd: cost?.totalNanoUsd };
    }
    default:
      return unreachable(test);
  }
}

/** At one model of one provider, and nowhere else. */
const aimed = ({ tenant, provider, model }: TestCall) => ({
  model,
  requirements: { allowedProviders: [provider] },
  failover: { allowed: false, maxFallbacks: 0 },
  purpose: Purpose.PROBE,
  context: { service: 'health-probe', workflow: 'provider-test', tenant },
});

const optionsOf = ({ timeoutMs }: TestCall): Partial<CallOptions> => ({ deadline: Date.now() + timeoutMs });

function whole({ client, target, call, request }: Sending): Promise<TestAnswer> {
  return new Promise((resolve, reject) => {
    const under = client.complete(request, callMetadata(target), optionsOf(call), (error, response) => {
      call.signal.removeEventListener('abort', cancel);
      if (error !== null) return reject(errorOfStatus(error));
      const { requestId, message, finishReason, usage, cost } = response;
      resolve({ requestId, message, finishReason, usage, costNanoUsd: cost?.totalNanoUsd, pieces: 1 });
    });
    const cancel = () => under.cancel();
    call.signal.addEventListener('abort', cancel, { once: true });
  });
}

function embedded(
  { client, target }: Routing,
  { call, request }: { readonly call: TestCall; readonly request: EmbedRequest },
): Promise<EmbedResponse> {
  return new Promise((resolve, reject) => {
    const under = client.embed(request, callMetadata(target), optionsOf(call), (error, response) => {
      call.signal.removeEventListener('abort', cancel);
      if (error !== null) reject(errorOfStatus(error));
      else resolve(response);
    });
    const cancel = () => under.cancel();
    call.signal.addEventListener('abort', cancel, { once: true });
  });
}

async function streamed({ client, target, call, request }: Sending): Promise<TestAnswer> {
  const stream = client.streamComplete(request, callMetadata(target), optionsOf(call));
  const cancel = () => stream.cancel();
  call.signal.addEventListener('abort', cancel, { once: true });
  const read = { text: '', pieces: 0, requestId: '' };
  let end: Pick<TestAnswer, 'finishReason' | 'usage' | 'costNanoUsd'> = {
    finishReason: FinishReason.UNSPECIFIED,
    usage: undefined,
    costNanoUsd: undefined,
  };
  try {
    for await (const { event } of stream as AsyncIterable<StreamCompleteResponse>) {
      if (event?.$case === 'started') read.requestId = event.value.requestId;
      else if (event?.$case === 'delta' && event.value.content?.$case === 'text') {
        read.text += event.value.content.value;
        read.pieces += 1;
      } else if (event?.$case === 'finished') {
        const { finishReason, usage, cost } = event.value;
        end = { finishReason, usage, costNanoUsd: cost?.totalNanoUsd };
      }
    }
  } catch (error) {
    throw errorOfStatus(error as Parameters<typeof errorOfStatus>[0]);
  } finally {
    call.signal.removeEventListener('abort', cancel);
  }
  const parts = [{ content: { $case: 'text' as const, value: read.text } }];
  const message = Message.fromPartial({ role: Role.ASSISTANT, parts });
  return { ...end, requestId: read.requestId, pieces: read.pieces, message };
}
