import {
  type CostGroup,
  CostServiceClient,
  GetCostSummaryRequest,
  type GetCostSummaryResponse,
} from '@switchyard/contracts/cost';
import { type Command, type CommandInput, listOption, textOption } from '../command.ts';
import { durationOption } from '../duration-option.ts';
import { call, openClient } from '../grpc-call.ts';
import { formatCost, formatDuration, formatShare } from '../output/format.ts';
import { type Column, renderTable } from '../output/table.ts';

/** `switchyard costs` */
export const costs: Command = {
  usage: '[--by DIMENSION]… [--since DURATION] [--tenant T] [--all-tenants]',
  summary:
    'Sums up what was spent; --by provider, model, agent, tenant, workflow, service, key, line, hour or day.',
  options: {
    by: { type: 'string', multiple: true },
    since: { type: 'string' },
    tenant: { type: 'string' },
    'all-tenants': { type: 'boolean' },
  },
  maxPositionals: 0,
  async run(input) {
    const { settings, output } = input;
    const by = listOption(input, 'by');
    const client = openClient(CostServiceClient, settings.costAccounting);
    try {
      const summary = await call(
        client.getCostSummary.bind(client),
        summaryRequest(input, by),
        settings.apiKey,
      );
      if (output.json) output.value(summary);
      else output.text(renderSummary(summary, by));
    } finally {
      client.close();
    }
  },
};

function summaryRequest(input: CommandInput, by: readonly string[]): GetCostSummaryRequest {
  const sinceMs = durationOption(input, 'since', '24h');
  const endTime = new Date();
  return GetCostSummaryRequest.fromPartial({
    tenant: textOption(input, 'tenant') ?? '',
    startTime: new Date(endTime.getTime() - sinceMs),
    endTime,
    groupBy: by.length === 0 ? ['provider', 'model'] : [...by],
    allTenants: input.options['all-tenants'] === true,
  });
}

/** Where no attempt has a price, nothing is known of the cost. */
const costCell = ({ costNanoUsd, attempts, unpricedAttempts }: CostGroup): string =>
  formatCost(attempts > 0n && unpricedAttempts === attempts ? undefined : costNanoUsd);

function renderSummary({ total, groups, truncated }: GetCostSummaryResponse, by: readonly string[]): string {
  const dimensions = by.length === 0 ? ['provider', 'model'] : by;
  const table = renderTable<CostGroup>(
    [...groups, ...(total === undefined ? [] : [{ ...total, key: { [dimensions[0] ?? '']: 'total' } }])],
    [
      ...dimensions.map((dimension) => ({
        title: dimension.toUpperCase(),
        cell: ({ key }: CostGroup) => key[dimension] ?? '',
      })),
      { title: 'REQUESTS', align: 'right', cell: ({ requests }) => String(requests) },
      { title: 'ATTEMPTS', align: 'right', cell: ({ attempts }) => String(attempts) },
      {
        title: 'SUCCESS',
        align: 'right',
        cell: ({ attempts, successes }) =>
          formatShare(attempts === 0n ? undefined : Number(successes) / Number(attempts)),
      },
      { title: 'COST', align: 'right', cell: costCell },
      { title: 'WASTE', align: 'right', cell: ({ wasteNanoUsd }) => formatCost(wasteNanoUsd) },
      { title: 'UNPRICED', align: 'right', cell: ({ unpricedAttempts }) => String(unpricedAttempts) },
      ...savings(total),
      { title: 'TOKENS IN', align: 'right', cell: ({ inputTokens }) => String(inputTokens) },
      { title: 'TOKENS OUT', align: 'right', cell: ({ outputTokens }) => String(outputTokens) },
      { title: 'AVG TIME', align: 'right', cell: ({ averageLatencyMs }) => formatDuration(averageLatencyMs) },
    ],
  );
  return truncated ? `${table}… and more groups that were left out.\n` : table;
}

/** Shown where there are any. */
const savings = (total: CostGroup | undefined): Column<CostGroup>[] =>
  total === undefined || total.cachedRequests === 0n
    ? []
    : [
        { title: 'CACHED', align: 'right', cell: ({ cachedRequests }) => String(cachedRequests) },
        { title: 'SAVED', align: 'right', cell: ({ savedNanoUsd }) => formatCost(savedNanoUsd) },
      ];
