import { GetCostSummaryRequest } from '@switchyard/contracts/cost';
import { type CommandInput, textOption, UsageError } from '../command.ts';
import { periodOption } from './read-period.ts';

/** Options that say which costs are meant. */
export const SUMMARY_OPTIONS = {
  since: { type: 'string' },
  period: { type: 'string' },
  tenant: { type: 'string' },
  'all-tenants': { type: 'boolean' },
  provider: { type: 'string' },
  model: { type: 'string' },
  agent: { type: 'string' },
  workflow: { type: 'string' },
  service: { type: 'string' },
  key: { type: 'string' },
  label: { type: 'string' },
} as const;

/** What is asked for by options. */
export function summaryRequest(input: CommandInput, groupBy: readonly string[]): GetCostSummaryRequest {
  const text = (name: string) => textOption(input, name) ?? '';
  return GetCostSummaryRequest.fromPartial({
    ...periodOption(input, { since: '24h' }),
    tenant: text('tenant'),
    groupBy: [...groupBy],
    allTenants: input.options['all-tenants'] === true,
    provider: text('provider'),
    model: text('model'),
    agent: text('agent'),
    workflow: text('workflow'),
    service: text('service'),
    key: text('key'),
    label: labelOption(input),
  });
}

function labelOption(input: CommandInput): { name: string; value: string } | undefined {
  const text = textOption(input, 'label');
  if (text === undefined) return undefined;
  const at = text.indexOf('=');
  if (at < 1) throw new UsageError(`--label must be NAME=VALUE, not ${text}`);
  return { name: text.slice(0, at), value: text.slice(at + 1) };
}
