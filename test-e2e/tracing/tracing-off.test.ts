import { textRequest } from '@switchyard/client';
import { expect, test } from 'vitest';
import { ledgerWith, queryFleet } from '../support/ledger-rows.ts';
import { startOtlpSink } from '../support/otlp-sink.ts';
import { startTestFleet } from '../support/test-fleet.ts';

test('with tracing off no span is sent and no traceparent is kept, though a collector is there', {
  timeout: 180_000,
}, async () => {
  await using sink = await startOtlpSink();
  await using started = await startTestFleet({
    otlpEndpoint: sink.url,
    processEnv: Object.fromEntries(
      ['routing', 'health-probe', 'cost-accounting', 'credential', 'connector'].map((name) => [
        name,
        { OTEL_SDK_DISABLED: 'true' },
      ]),
    ),
  });
  await started.clients[0]?.complete(textRequest('sim-fast', 'Hello'));
  await ledgerWith(started.fleet, { rows: 1, withinMs: 60_000 });
  const rows = await queryFleet<{ traceparent: string }>(
    started.fleet,
    'SELECT DISTINCT traceparent FROM cost_accounting.ledger',
  );
  expect(rows).toEqual([{ traceparent: '' }]);
  expect(sink.bodies).toEqual([]);
});
