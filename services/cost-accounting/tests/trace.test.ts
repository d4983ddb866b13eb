import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { useServers } from '@switchyard/testkit/test-servers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { LedgerDatabase } from './fixture/ledger-database.ts';
import { runForTest } from './fixture/run-service.ts';
import { UsagePublisher } from './fixture/usage-publisher.ts';
import { usageBatch, usageRecord } from './fixture/usage-records.ts';

const servers = useServers({ postgres: true, nats: true });
const stack = new AsyncDisposableStack();

interface SinkSpan {
  readonly name: string;
  readonly traceId: string;
  readonly parentSpanId: string;
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}
const spans: SinkSpan[] = [];
let publisher: UsagePublisher;

beforeAll(async () => {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = (await request.toArray()).join('');
    const { resourceSpans } = JSON.parse(body) as {
      resourceSpans: { scopeSpans: { spans: SinkSpan[] }[] }[];
    };
    spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
    response.end('{}');
  };
  const sink = createServer((request, response) => void answer(request, response));
  sink.listen(0, '127.0.0.1');
  await once(sink, 'listening');
  stack.defer(() => void sink.close());
  const endpoint = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint);
  const { url: natsUrl, prefix } = servers.nats;
  const database = stack.use(await LedgerDatabase.create(await servers.postgres.createDatabase()));
  publisher = stack.use(await UsagePublisher.connect(natsUrl, prefix));
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
  stack.use(await runForTest({ natsUrl, prefix, roleUrl: database.roleUrl, env }));
});
afterAll(async () => {
  await stack.disposeAsync();
  vi.unstubAllEnvs();
});

describe('the ledger write', () => {
  it('is a span in the trace of the attempt that it books, once however often the record comes', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const traced = usageRecord({ traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    const batch = usageBatch('o1', [
      { sequence: 1, record: usageRecord() },
      { sequence: 2, record: traced },
      { sequence: 3, record: usageRecord({ traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-00` }) },
    ]);
    await publisher.publish([batch, batch]);
    const writes = () => spans.filter(({ name }) => name === 'ledger.write');
    await vi.waitFor(() => expect(writes()).not.toHaveLength(0), { timeout: 20_000 });
    await vi.waitFor(async () => expect(await publisher.pending()).toBe(0), { timeout: 20_000 });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(writes()).toHaveLength(1);
    expect(writes()[0]).toMatchObject({ traceId, parentSpanId: 'b7ad6b7169203331' });
    const attributes = Object.fromEntries(
      (writes()[0]?.attributes ?? []).map(({ key, value }) => [key, value.stringValue ?? value.intValue]),
    );
    expect(attributes).toMatchObject({
      'switchyard.attempt_id': traced.attemptId,
      'switchyard.line': 'charge',
      'switchyard.sequence': 2,
    });
  });
});
