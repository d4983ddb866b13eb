// Adds up what each tenant used in the last 24 hours, from the log of usage, and ends.
// source .switchyard/dev.env && node_modules/.bin/node libs/cli/examples/replay-usage-events.ts
import { busNames } from '@switchyard/contracts';
import { UsageBatch, UsageRecord } from '@switchyard/contracts/events';
import { natsOptions } from '@switchyard/contracts/nats-options';
import { formatUsd } from '@switchyard/kernel';
import { connect, DeliverPolicy } from 'nats';

const url = process.env.NATS_URL ?? 'nats://127.0.0.1:4222';
const connection = await connect(natsOptions({ url, name: 'replay-usage-events' }));
const { streams } = busNames(process.env.SWITCHYARD_SUBJECT_PREFIX);
const since = new Date(Date.now() - 24 * 3_600_000).toISOString();
const from = { deliver_policy: DeliverPolicy.StartTime, opt_start_time: since };
const log = await connection.jetstream().consumers.get(streams.usageLog, from);

const seen = new Set<string>();
const costs = new Map<string, bigint>();
for await (const { data } of await log.fetch({ max_messages: 100_000, expires: 2_000 })) {
  const { outboxId, records } = UsageBatch.decode(data);
  for (const { sequence, record } of records) {
    // The same (outboxId, sequence) may come again: it counts once.
    const id = `${outboxId}/${sequence}`;
    if (seen.has(id)) continue;
    seen.add(id);
    const { tenant, costNanoUsd = 0n } = UsageRecord.decode(record);
    costs.set(tenant, (costs.get(tenant) ?? 0n) + costNanoUsd);
  }
}
for (const [tenant, cost] of costs) console.log(`${tenant}: $${formatUsd(cost)}`);
await connection.close();
