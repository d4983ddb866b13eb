import type { RunningFleet } from '@switchyard/deploy';
import { expect, test } from 'vitest';
import { type LedgerRow, ledgerWith, queryFleet } from '../support/ledger-rows.ts';
import { priceOf } from '../support/ledger-truth.ts';
import { runLoad } from '../support/run-load.ts';
import { SimulatorControl } from '../support/simulator-control.ts';
import { startTestFleet } from '../support/test-fleet.ts';
import { UsageBus } from '../support/usage-bus.ts';

const REQUESTS = 20_000;

const sumOf = async (fleet: RunningFleet): Promise<bigint> => {
  const sql = `SELECT sum(amount_nano_usd)::text AS total FROM cost_accounting.ledger WHERE purpose <> 'probe'`;
  return BigInt((await queryFleet<{ total: string }>(fleet, sql))[0]?.total ?? '-1');
};

test('A14, A17: 20,000 requests over two replicas, cost-accounting and NATS killed, the stream deleted: ledger and simulator agree', {
  timeout: 300_000,
}, async () => {
  await using started = await startTestFleet({ routingReplicas: 2, onDeath: 'leave' });
  const { fleet, clients } = started;
  await using bus = await UsageBus.connect(fleet);
  const deleteStream = async () => expect(await bus.deleteStream()).toBeGreaterThan(0);
  let events = 0;
  /** One after the other: what is starting is not killed before it has started. */
  let happened: Promise<unknown> = Promise.resolve();
  const at = new Map([
    [2_000, () => fleet.process('cost-accounting').kill('SIGKILL')],
    // What was published since is only in the stream: the outboxes must send it again.
    [5_000, deleteStream],
    [6_000, () => fleet.process('cost-accounting').restart()],
    [10_000, () => fleet.process('cost-accounting').kill('SIGKILL')],
    [12_000, () => fleet.process('cost-accounting').restart()],
    [13_000, () => fleet.servers.nats.kill('SIGKILL')],
    [16_000, () => fleet.servers.nats.restart()],
  ]);
  const { answered, failed } = await runLoad({
    clients,
    requests: REQUESTS,
    concurrency: 64,
    onProgress: (ended) => {
      const event = at.get(ended);
      if (event === undefined) return;
      events++;
      happened = happened.then(event);
    },
  });
  await happened;
  expect(events).toBe(at.size);
  expect(failed).toEqual([]);
  expect(answered.length).toBe(REQUESTS);

  const truth = (await new SimulatorControl(fleet.simulatorUrl).attempts()).filter(
    ({ status }) => status === 200,
  );
  const rows = await ledgerWith(fleet, { rows: REQUESTS, withinMs: 90_000 });
  const byAttempt = new Map(rows.map((row) => [row.attempt_id, row]));
  expect(rows.length).toBe(REQUESTS);
  expect(byAttempt.size).toBe(REQUESTS);
  const served = truth.filter(({ attemptId }) => attemptId !== undefined && byAttempt.has(attemptId));
  expect(served.length).toBe(REQUESTS);
  for (const { attemptId, tokens } of served) {
    const row = byAttempt.get(attemptId as string) as LedgerRow;
    expect([row.line, Number(row.input_tokens), Number(row.output_tokens)]).toEqual([
      'charge',
      tokens.inputTokens,
      tokens.outputTokens,
    ]);
  }
  expect(await sumOf(fleet)).toBe(served.reduce((sum, { tokens }) => sum + priceOf(tokens), 0n));
  expect(await queryFleet(fleet, 'SELECT reason, detail FROM cost_accounting.quarantine')).toEqual([]);
});
