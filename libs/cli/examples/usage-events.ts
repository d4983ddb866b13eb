// Prints what each call of a provider used and cost, as it ends.
// source .switchyard/dev.env && node_modules/.bin/node libs/cli/examples/usage-events.ts
import { busNames } from '@switchyard/contracts';
import { UsageBatch, UsageRecord } from '@switchyard/contracts/events';
import { natsOptions } from '@switchyard/contracts/nats-options';
import { formatUsd } from '@switchyard/kernel';
import { connect } from 'nats';

const url = process.env.NATS_URL ?? 'nats://127.0.0.1:4222';
const connection = await connect(natsOptions({ url, name: 'usage-events' }));
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
