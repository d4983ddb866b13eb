import OpenAI, { toFile } from 'openai';
import { expect, test, vi } from 'vitest';
import { queryFleet } from '../support/ledger-rows.ts';
import { SimulatorControl } from '../support/simulator-control.ts';
import { startTestFleet } from '../support/test-fleet.ts';

const LINES = 300;
const AT_ONCE = 8;

interface Line {
  readonly custom_id: string;
  readonly response: { readonly request_id: string } | null;
  readonly error: { readonly code: string } | null;
}

test('a replica that works on a batch is killed with -9: another one goes on; every line is told once and charged once', {
  timeout: 180_000,
}, async () => {
  await using started = await startTestFleet({
    routingReplicas: 2,
    processEnv: {
      routing: { ROUTING_BATCH_LINES_AT_ONCE: String(AT_ONCE) },
      // The provider counts the lines alone.
      'health-probe': { HEALTH_PROBE_ACTIVE: 'false' },
    },
  });
  const { fleet } = started;
  const control = new SimulatorControl(fleet.simulatorUrl);
  // Calls take a while, so that some are in flight at the kill.
  await control.setLatency('*', { firstTokenMs: 200 });
  const clientOf = (replica: string) =>
    new OpenAI({ apiKey: fleet.apiKey, baseURL: `${fleet.process(replica).spec.httpUrl}/v1` });
  // The first one is to have it.
  await fleet.process('routing-2').stop();
  const first = clientOf('routing');
  const lines = Array.from({ length: LINES }, (_, i) =>
    JSON.stringify({
      custom_id: `line-${i}`,
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'sim-fast', messages: [{ role: 'user', content: `Number ${i}` }] },
    }),
  );
  const file = await toFile(Buffer.from(lines.join('\n')), 'in.jsonl');
  const input = await first.files.create({ purpose: 'batch', file });
  const { id } = await first.batches.create({
    input_file_id: input.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  });
  await vi.waitFor(
    async () => expect((await first.batches.retrieve(id)).request_counts?.completed).toBeGreaterThan(40),
    { timeout: 30_000, interval: 100 },
  );
  await fleet.process('routing').kill('SIGKILL');
  await fleet.process('routing-2').restart();

  const second = clientOf('routing-2');
  const batch = await vi.waitFor(
    async () => {
      const found = await second.batches.retrieve(id);
      expect(found.status).toBe('completed');
      return found;
    },
    { timeout: 90_000, interval: 500 },
  );
  const contents = await Promise.all(
    [batch.output_file_id, batch.error_file_id].map(async (fileId) =>
      fileId ? (await second.files.content(fileId)).text() : '',
    ),
  );
  const [answered = [], failed = []] = contents.map((text) =>
    text
      .split('\n')
      .filter((one) => one !== '')
      .map((one) => JSON.parse(one) as Line),
  );
  // Every line once.
  const told = [...answered, ...failed].map(({ custom_id }) => custom_id);
  expect(new Set(told).size).toBe(LINES);
  expect(told).toHaveLength(LINES);
  // Nobody knows what came of the lines that were under way: they are not asked again.
  expect(failed.length).toBeGreaterThan(0);
  expect(failed.length).toBeLessThanOrEqual(AT_ONCE);
  for (const { error } of failed) expect(error?.code).toBe('interrupted');

  // The killed one's outbox is taken over by its next process.
  await fleet.process('routing').restart();
  const rows = await vi.waitFor(
    async () => {
      const found = await queryFleet<{ request_id: string; line: string }>(
        fleet,
        `SELECT request_id, line FROM cost_accounting.ledger WHERE labels->>'batch' = '${id}'`,
      );
      const charged = new Set(
        found.filter(({ line }) => line === 'charge').map(({ request_id }) => request_id),
      );
      for (const { response } of answered) expect(charged).toContain(response?.request_id);
      return found;
    },
    { timeout: 60_000, interval: 500 },
  );
  expect(new Set(rows.map(({ request_id }) => request_id)).size).toBe(rows.length);
  // What is not told as answered was under way: at most once for each line that was interrupted.
  expect(rows.length - answered.length).toBeLessThanOrEqual(failed.length);
  const { providers } = await control.stats();
  const received = Object.values(providers).reduce(
    (sum, { models }) => sum + (models['sim-fast']?.received ?? 0),
    0,
  );
  expect(received).toBeLessThanOrEqual(LINES);
});
