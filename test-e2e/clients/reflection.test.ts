import { credentials, type ServiceError as GrpcError, Metadata, makeClientConstructor } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientByReflection, listServices } from '../support/grpc-reflection.ts';
import { startTestFleet, type TestFleet } from '../support/test-fleet.ts';

let started: TestFleet;

beforeAll(async () => {
  started = await startTestFleet();
});

afterAll(() => started?.[Symbol.asyncDispose]());

const metadataOf = (apiKey: string): Metadata => {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${apiKey}`);
  return metadata;
};

/** Calls a method by its name, as a program does that was not compiled against the API. */
type DynamicClient = Awaited<ReturnType<typeof clientByReflection>>;
const call = (client: DynamicClient, name: string, request: object): Promise<Record<string, unknown>> =>
  new Promise((resolve, reject) => {
    const metadata = metadataOf(started.fleet.apiKey);
    const options = { deadline: Date.now() + 20_000 };
    client[name]?.(
      request,
      metadata,
      options,
      (error: GrpcError | null, response: Record<string, unknown>) =>
        error === null ? resolve(response) : reject(error),
    );
  });

const INFERENCE = 'switchyard.routing.v1.InferenceService';

test('every service tells by reflection what it offers', async () => {
  const offered = await Promise.all(
    ['routing', 'health-probe', 'cost-accounting', 'credential', 'connector'].map((name) =>
      listServices(started.fleet.process(name).address),
    ),
  );
  expect(offered.flat()).toEqual(
    expect.arrayContaining([
      INFERENCE,
      'switchyard.routing.v1.ProviderAdminService',
      'switchyard.health.v1.HealthService',
      'switchyard.cost.v1.CostService',
      'switchyard.credential.v1.SecretService',
      'switchyard.connector.v1.ConnectorService',
    ]),
  );
});

test('a client made from reflection alone calls Complete and StreamComplete', async () => {
  const client = await clientByReflection(started.fleet.grpcAddress, INFERENCE);
  const request = {
    model: 'sim-fast',
    messages: [{ role: 'ROLE_USER', parts: [{ text: 'Hello' }] }],
  };
  const answer = await call(client, 'Complete', request);
  expect(answer).toMatchObject({
    request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    finish_reason: 'FINISH_REASON_STOP',
    message: { role: 'ROLE_ASSISTANT', parts: [{ text: expect.stringMatching(/^Simulated answer:/) }] },
    route: { provider: 'primary' },
  });
  const stream = client.StreamComplete?.(request, metadataOf(started.fleet.apiKey));
  const kinds: string[] = [];
  for await (const { event } of stream as AsyncIterable<{ event: string }>) kinds.push(event);
  expect([kinds[0], kinds.at(-1)]).toEqual(['started', 'finished']);
  client.close();
});

/** Source: https://github.com/grpc/grpc-proto/blob/master/grpc/health/v1/health.proto */
const HEALTH = fromJSON({
  nested: {
    grpc: {
      nested: {
        health: {
          nested: {
            v1: {
              nested: {
                Health: {
                  methods: { Check: { requestType: 'Request', responseType: 'Response', comment: '' } },
                },
                Request: { fields: { service: { type: 'string', id: 1 } } },
                Response: { fields: { status: { type: 'int32', id: 1 } } },
              },
            },
          },
        },
      },
    },
  },
});
const SERVING = 1;

test('every service answers grpc.health.v1, without a key', async () => {
  const Client = makeClientConstructor(HEALTH['grpc.health.v1.Health'] as never, 'Health');
  const withGrpc = started.fleet.processes.filter(({ spec }) => spec.grpcAddress !== undefined);
  expect(withGrpc.length).toBe(5);
  for (const { address } of withGrpc) {
    const client = new Client(address, credentials.createInsecure());
    const answer = await new Promise((resolve, reject) => {
      client.Check?.({ service: '' }, (error: GrpcError | null, response: unknown) =>
        error === null ? resolve(response) : reject(error),
      );
    });
    expect(answer).toMatchObject({ status: SERVING });
    client.close();
  }
});
