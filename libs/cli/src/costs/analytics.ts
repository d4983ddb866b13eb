import {
  type CostGroup,
  CostServiceClient,
  type GetCostSummaryResponse,
  ListRecommendationsRequest,
  type Recommendation,
} from '@switchyard/contracts/cost';
import { formatUsd } from '@switchyard/kernel';
import type { CommandInput } from '../command.ts';
import { call, openClient } from '../grpc-call.ts';
import { formatCost, formatDuration, formatShare } from '../output/format.ts';
import { renderTable } from '../output/table.ts';
import { summaryRequest } from './summary-options.ts';

/** Analytics in their stated JSON shape. Money is in USD, exact nano-USD beside it; latencies are in milliseconds; null is unknown. */
export interface Analytics {
  readonly time_period: string;
  readonly summary: {
    readonly total_requests: number;
    readonly total_cost: number;
    readonly total_cost_nano_usd: string;
    readonly average_latency: number | null;
    readonly success_rate: number | null;
  };
  readonly providers: readonly {
    readonly provider: string;
    readonly requests: number;
    readonly cost: number;
    readonly cost_nano_usd: string;
    readonly average_latency: number | null;
  }[];
  readonly optimizations: readonly {
    readonly type: string;
    readonly potential_savings: number;
    readonly description: string;
  }[];
}

/** `switchyard costs analytics` */
export async function showAnalytics(input: CommandInput): Promise<void> {
  const { settings, output } = input;
  const client = openClient(CostServiceClient, settings.costAccounting);
  try {
    const request = summaryRequest(input, ['provider']);
    const summary = await call(client.getCostSummary.bind(client), request, settings.apiKey);
    const { recommendations } = await call(
      client.listRecommendations.bind(client),
      ListRecommendationsRequest.fromPartial(request),
      settings.apiKey,
    );
    const analytics = analyticsOf(summary, recommendations);
    if (output.json) output.value(analytics);
    else output.text(renderAnalytics(summary, analytics));
  } finally {
    client.close();
  }
}

/** A summary by provider, and what could be saved, in the stated shape. Recommendations are of the tenant and period, whatever else is filtered on. */
export function analyticsOf(
  { startTime, endTime, total, groups }: GetCostSummaryResponse,
  recommendations: readonly Recommendation[],
): Analytics {
  const { requests = 0n, succeededRequests = 0n, costNanoUsd = 0n, averageLatencyMs } = total ?? {};
  return {
    time_period: `${startTime?.toISOString()}/${endTime?.toISOString()}`,
    summary: {
      total_requests: Number(requests),
      total_cost: usd(costNanoUsd),
      total_cost_nano_usd: String(costNanoUsd),
      average_latency: averageLatencyMs ?? null,
      success_rate: requests === 0n ? null : Number(succeededRequests) / Number(requests),
    },
    providers: groups.map((group) => ({
      provider: group.key.provider ?? '',
      requests: Number(group.requests),
      cost: usd(group.costNanoUsd),
      cost_nano_usd: String(group.costNanoUsd),
      average_latency: group.averageLatencyMs ?? null,
    })),
    optimizations: recommendations.map(({ type, savingsNanoUsd, description }) => ({
      type,
      potential_savings: usd(savingsNanoUsd),
      description,
    })),
  };
}

/** The nearest number to an exact amount. */
const usd = (nanoUsd: bigint): number => Number(formatUsd(nanoUsd));

function renderAnalytics(
  { total, groups }: GetCostSummaryResponse,
  { time_period, summary }: Analytics,
): string {
  const head = [
    ['Period', time_period],
    ['Requests', String(summary.total_requests)],
    ['Cost', formatCost(total?.costNanoUsd)],
    ['Average latency', formatDuration(summary.average_latency ?? undefined)],
    ['Success rate', formatShare(summary.success_rate ?? undefined)],
  ].map(([title = '', value = '']) => `${title.padEnd(17)}${value}\n`);
  const table = renderTable<CostGroup>(groups, [
    { title: 'PROVIDER', cell: ({ key }) => key.provider ?? '' },
    { title: 'REQUESTS', align: 'right', cell: ({ requests }) => String(requests) },
    { title: 'COST', align: 'right', cell: ({ costNanoUsd }) => formatCost(costNanoUsd) },
    { title: 'AVG TIME', align: 'right', cell: ({ averageLatencyMs }) => formatDuration(averageLatencyMs) },
  ]);
  return `${head.join('')}\n${table}`;
}
