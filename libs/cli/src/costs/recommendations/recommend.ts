import {
  CostServiceClient,
  ListRecommendationsRequest,
  type ListRecommendationsResponse,
  type Recommendation,
} from '@switchyard/contracts/cost';
import { type CommandInput, UsageError } from '../../command.ts';
import { call, openClient } from '../../grpc-call.ts';
import { formatCost } from '../../output/format.ts';
import { renderTable } from '../../output/table.ts';
import { summaryRequest } from '../summary-options.ts';
import { applyRecommendation } from './apply-recommendation.ts';
import { appliedIds } from './saving-objects.ts';
import { undoRecommendation } from './undo-recommendation.ts';

/** `switchyard costs recommend [apply ID | undo ID]` */
export async function recommend(input: CommandInput): Promise<void> {
  const [, action = 'list', id] = input.positionals;
  if (action === 'list' && id === undefined) return showRecommendations(input);
  if (action !== 'apply' && action !== 'undo')
    throw new UsageError(`costs recommend ${action}? There are apply and undo`);
  if (id === undefined)
    throw new UsageError(`costs recommend ${action} needs an id: \`switchyard costs recommend\` lists them`);
  if (action === 'undo') return undoRecommendation(input, id);
  const { recommendations } = await findRecommendations(input);
  const found = recommendations.find((one) => one.id === id);
  if (found === undefined)
    throw new Error(
      `there is no recommendation ${id} for this tenant and time; \`switchyard costs recommend\` with the same --since, --period and --tenant lists them`,
    );
  await applyRecommendation(input, found);
}

async function showRecommendations(input: CommandInput): Promise<void> {
  const { output } = input;
  const found = await findRecommendations(input);
  if (output.json) return output.value(found);
  output.text(renderRecommendations(found, await appliedIds(input)));
}

async function findRecommendations(input: CommandInput): Promise<ListRecommendationsResponse> {
  const { settings } = input;
  const client = openClient(CostServiceClient, settings.costAccounting);
  try {
    const request = ListRecommendationsRequest.fromPartial(summaryRequest(input, []));
    return await call(client.listRecommendations.bind(client), request, settings.apiKey);
  } finally {
    client.close();
  }
}

/** Recommendations as a table, each with the numbers behind it. */
export function renderRecommendations(
  { recommendations: found, offersUnknown }: ListRecommendationsResponse,
  applied: ReadonlySet<string>,
): string {
  const partly = offersUnknown
    ? 'Routing did not answer: what its providers offer was not compared, only prices of the price book.\n'
    : '';
  if (found.length === 0)
    return `${partly}Nothing is known that would have saved a cent and a tenth of its cost; --since 30d looks further back.\n`;
  const table = renderTable<Recommendation>(found, [
    { title: 'ID', cell: ({ id }) => id },
    { title: 'WOULD SAVE', align: 'right', cell: ({ savingsNanoUsd }) => formatCost(savingsNanoUsd) },
    {
      title: 'OF',
      align: 'right',
      cell: ({ evidence }) => formatCost(BigInt(evidence.cost_nano_usd ?? '0')),
    },
    { title: 'WHAT', cell: ({ description }) => description },
    { title: 'STATE', cell: (one) => stateOf(one, applied) },
  ]);
  return `${partly}${table}\`switchyard costs recommend apply ID --dry-run\` shows what one changes; --json has the numbers behind each.\n`;
}

function stateOf({ id, change }: Recommendation, applied: ReadonlySet<string>): string {
  if (applied.has(id)) return 'applied';
  return change === undefined ? 'by hand: the provider is not configured' : 'open';
}
