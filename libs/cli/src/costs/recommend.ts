import {
  CostServiceClient,
  ListRecommendationsRequest,
  type Recommendation,
} from '@switchyard/contracts/cost';
import type { CommandInput } from '../command.ts';
import { call, openClient } from '../grpc-call.ts';
import { formatCost } from '../output/format.ts';
import { renderTable } from '../output/table.ts';
import { summaryRequest } from './summary-options.ts';

/** `switchyard costs recommend` */
export async function showRecommendations(input: CommandInput): Promise<void> {
  const { settings, output } = input;
  const client = openClient(CostServiceClient, settings.costAccounting);
  try {
    const request = ListRecommendationsRequest.fromPartial(summaryRequest(input, []));
    const found = await call(client.listRecommendations.bind(client), request, settings.apiKey);
    if (output.json) output.value(found);
    else output.text(renderRecommendations(found.recommendations));
  } finally {
    client.close();
  }
}

function renderRecommendations(found: readonly Recommendation[]): string {
  if (found.length === 0) return 'Nothing is known that would have cost less.\n';
  return renderTable<Recommendation>(found, [
    { title: 'WOULD SAVE', align: 'right', cell: ({ savingsNanoUsd }) => formatCost(savingsNanoUsd) },
    { title: 'WHAT', cell: ({ description }) => description },
    { title: 'COMMAND', cell: ({ command }) => command },
  ]);
}
