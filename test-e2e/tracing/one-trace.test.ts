import { randomBytes } from 'node:crypto';
import { Metadata } from '@grpc/grpc-js';
import { textRequest } from '@switchyard/client';
import {
  CompleteRequest,
  type CompleteResponse,
  InferenceServiceClient,
} from '@switchyard/contracts/routing';
import { openGrpcClient } from '@switchyard/service-kit';
import { request } from 'undici';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type OtlpSink, type ReceivedSpan, startOtlpSink } from '../support/otlp-sink.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';

let sink: OtlpSink;
let started: TestFleet;

beforeAll(async () => {
  sink = await startOtlpSink();
  started = await startTestFleet({ otlpEndpoint: sink.url });
});

afterAll(async () => {
  await started?.[Symbol.asyncDispose]();
  await sink?.[Symbol.asyncDispose]();
});

/** The caller's own trace, which Switchyard's spans are to join. Source: https://www.w3.org/TR/trace-context/ */
function newParent() {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-01` };
}

async function askByHttp(traceparent: string): Promise<void> {
  const { fleet } = started;
  const { statusCode, body } = await request(`${fleet.httpUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${fleet.apiKey}`, 'content-type': 'application/json', traceparent },
    body: JSON.stringify({ model: 'sim-fast', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await body.dump();
  expect(statusCode).toBe(200);
}

const withTrace = (traceparent: string): Metadata => {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${started.fleet.apiKey}`);
  metadata.set('traceparent', traceparent);
  return metadata;
};
const question = CompleteRequest.fromPartial(textRequest('sim-fast', 'Hello'));

async function askByGrpc(traceparent: string): Promise<void> {
  const target = { address: started.fleet.grpcAddress, apiKey: '' };
  const client = openGrpcClient(InferenceServiceClient, target);
  await new Promise<CompleteResponse>((resolve, reject) => {
    client.complete(question, withTrace(traceparent), (error, response) =>
      error === null ? resolve(response) : reject(error),
    );
  });
  client.close();
}

async function askByGrpcStream(traceparent: string): Promise<void> {
  const target = { address: started.fleet.grpcAddress, apiKey: '' };
  const client = openGrpcClient(InferenceServiceClient, target);
  for await (const _ of client.streamComplete(question, withTrace(traceparent)));
  client.close();
}

/** The one span of a name in a trace. */
function only(spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const found = spans.filter((span) => span.name === name);
  expect(found.length, name).toBe(1);
  return found[0] as ReceivedSpan;
}

const KIND = { internal: 1, server: 2, client: 3, producer: 4 } as const;

test.each([
  ['HTTP', askByHttp, 'POST /v1/chat/completions'],
  ['gRPC', askByGrpc, 'switchyard.routing.v1.InferenceService/Complete'],
  ['a gRPC stream', askByGrpcStream, 'switchyard.routing.v1.InferenceService/StreamComplete'],
] as const)(
  '%s: the caller’s trace holds the request, the decision, the attempt, the publish and the ledger write',
  { timeout: 60_000 },
  async (_, ask, serverName) => {
    const parent = newParent();
    await ask(parent.traceparent);
    const ofTrace = () => sink.spans().filter(({ traceId }) => traceId === parent.traceId);
    await vi.waitFor(() => expect(ofTrace().map(({ name }) => name)).toContain('ledger.write'), {
      timeout: 20_000,
      interval: 200,
    });
    await vi.waitFor(() => expect(ofTrace().length).toBeGreaterThanOrEqual(5), { timeout: 20_000 });

    const spans = ofTrace();
    const server = only(spans, serverName);
    const decide = only(spans, 'decide');
    const attempt = only(spans, 'chat sim-fast');
    const publish = only(spans, 'publish usage');
    const write = only(spans, 'ledger.write');
    expect(server).toMatchObject({ service: 'routing', parentSpanId: parent.spanId, kind: KIND.server });
    expect(decide).toMatchObject({ service: 'routing', parentSpanId: server.spanId });
    expect(attempt).toMatchObject({ service: 'routing', parentSpanId: server.spanId, kind: KIND.client });
    expect(publish).toMatchObject({ service: 'routing', parentSpanId: attempt.spanId, kind: KIND.producer });
    expect(write).toMatchObject({ service: 'cost-accounting', parentSpanId: attempt.spanId });
    // The same attempt, wherever it is told of.
    const id = attempt.attributes['switchyard.attempt_id'];
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect([publish, write].map(({ attributes }) => attributes['switchyard.attempt_id'])).toEqual([id, id]);
    expect(attempt.attributes).toMatchObject({
      'switchyard.outcome': 'ok',
      'switchyard.provider': 'primary',
    });
  },
);
