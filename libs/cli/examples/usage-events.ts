// Prints what each call of a provider used and cost, as it ends.
// source .switchyard/dev.env && node_modules/.bin/node libs/cli/examples/usage-events.ts
import { busNames } from '@switchyard/contracts';
import { UsageBatch, UsageRecord } from '@switchyard/contracts/events';
import { formatUsd } from '@switchyard/kernel';
import { connect } from 'nats';

const { host } = new URL(process.env.NATS_URL ?? 'nats://127.0.0.1:4222');
const connection = await connect({ servers: host, maxReconnectAttempts: -1 });
const { usageAll } = busNames(process.env.SWITCHYARD_SUBJECT_PREFIX);

for await (const { data } of connection.subscribe(usageAll)) {
  const { outboxId, records } = UsageBatch.decode(data);
  for (const { sequence, record } of records) {
    // The same (outboxId, sequence) may come again: whoever adds up must count it once.
    const { tenant, agent, provider, model, outcome, costNanoUsd } = UsageRecord.decode(record);
    const cost = costNanoUsd === undefined ? 'unknown' : `$${formatUsd(costNanoUsd)}`;
    console.log({ id: `${outboxId}/${sequence}`, tenant, agent, provider, model, outcome, cost });
  }
}
