import { type CostGroup, CostServiceClient, type GetCostSummaryResponse } from '@switchyard/contracts/cost';
import { type Command, type CommandInput, listOption, UsageError } from '../command.ts';
import { showAnalytics } from '../costs/analytics.ts';
import { EXPORT_OPTIONS, exportStatements } from '../costs/export-statements.ts';
import { FORECAST_OPTIONS, showForecast } from '../costs/forecast.ts';
import { OUTBOX_OPTIONS, outboxes } from '../costs/outboxes.ts';
import { recommend } from '../costs/recommendations/recommend.ts';
import { RECONCILE_OPTIONS, reconcile } from '../costs/reconcile.ts';
import { SUMMARY_OPTIONS, summaryRequest } from '../costs/summary-options.ts';
import { VERIFY_OPTIONS, verifyLedger } from '../costs/verify.ts';
import { call, openClient } from '../grpc-call.ts';
import { formatCost, formatDuration, formatShare } from '../output/format.ts';
import { type Column, renderTable } from '../output/table.ts';

type Action = (input: CommandInput) => Promise<void>;

const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['summary', showSummary],
  ['analytics', showAnalytics],
  ['export', exportStatements],
  ['reconcile', reconcile],
  ['verify', verifyLedger],
  ['forecast', showForecast],
  ['recommend', recommend],
  ['outboxes', outboxes],
]);

/** How many words come after the name. */
const TAKES: ReadonlyMap<string, number> = new Map([
  ['reconcile', 1],
  ['recommend', 2],
  ['outboxes', 2],
]);

/** `switchyard costs` */
export const costs: Command = {
  usage:
    '[summary [--by DIMENSION]… | analytics | export [--format csv|json|focus|pdf] [--team-by DIMENSION] [--shared-costs proportional|even|none] [-o FILE] | reconcile FILE [--date-column C] [--model-column C] [--amount-column C] [--map-model NAME=MODEL]… [--tolerance-usd N] [--tolerance-ppm N] [--book --reason TEXT [--dry-run]] | verify [--first-day 2026-11-01] [--last-day 2026-11-30] | forecast [--budget ID] [--days N] | recommend [apply ID [--dry-run] | undo ID] | outboxes [declare-lost ID --reason TEXT [--dry-run]]] [--since DURATION | --period 2026-11] [--tenant T | --all-tenants] [--provider P] [--model M] [--agent A] [--workflow W] [--service S] [--key ID] [--label NAME=VALUE]',
  summary:
    'Sums up what was spent; --by provider, model, agent, tenant, workflow, service, key, line, purpose, label:NAME, hour or day. analytics gives requests, cost, latency and success in all and by provider, with --json in the form that programs take. export writes statements of a --period, of one tenant or of all. reconcile compares the invoice of a --provider with the ledger; --book books the differences as adjustments. verify hashes days of the ledger again and compares them with their seals. forecast tells the days to come, and when a budget runs out. recommend tells what could have cost less, with the numbers behind it; apply does it, undo takes it back. outboxes shows the files of usage that replicas have, and how far the ledger has them; declare-lost books what one that is gone still held.',
  words: [...ACTIONS.keys()],
  options: {
    by: { type: 'string', multiple: true },
    ...SUMMARY_OPTIONS,
    ...EXPORT_OPTIONS,
    ...RECONCILE_OPTIONS,
    ...VERIFY_OPTIONS,
    ...FORECAST_OPTIONS,
    ...OUTBOX_OPTIONS,
  },
  maxPositionals: 3,
  async run(input) {
    const [name = 'summary', ...more] = input.positionals;
    const action = ACTIONS.get(name);
    if (action === undefined)
      throw new UsageError(`costs ${name}? There are ${[...ACTIONS.keys()].join(', ')}`);
    const surplus = more[TAKES.get(name) ?? 0];
    if (surplus !== undefined) throw new UsageError(`costs ${name} does not take ${JSON.stringify(surplus)}`);
    await action(input);
  },
};

async function showSummary(input: CommandInput): Promise<void> {
  const { settings, output } = input;
  const by = listOption(input, 'by');
  const dimensions = by.length === 0 ? ['provider', 'model'] : by;
  const client = openClient(CostServiceClient, settings.costAccounting);
  try {
    const request = summaryRequest(input, dimensions);
    const summary = await call(client.getCostSummary.bind(client), request, settings.apiKey);
    if (output.json) output.value(summary);
    else output.text(renderSummary(summary, dimensions));
  } finally {
    client.close();
  }
}

/** Where no attempt has a price, nothing is known of the cost. */
const costCell = ({ costNanoUsd, attempts, unpricedAttempts }: CostGroup): string =>
  formatCost(attempts > 0n && unpricedAttempts === attempts ? undefined : costNanoUsd);

function renderSummary(
  { total, groups, truncated }: GetCostSummaryResponse,
  dimensions: readonly string[],
): string {
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

/** Shown where there are any: by the cache, or by recommendations that were applied. */
const savings = (total: CostGroup | undefined): Column<CostGroup>[] => [
  ...shownIf((total?.cachedRequests ?? 0n) > 0n, {
    ...{ title: 'CACHED', align: 'right', cell: ({ cachedRequests }) => String(cachedRequests) },
  }),
  ...shownIf((total?.savedNanoUsd ?? 0n) > 0n, {
    ...{ title: 'SAVED', align: 'right', cell: ({ savedNanoUsd }) => formatCost(savedNanoUsd) },
  }),
];

const shownIf = (holds: boolean, column: Column<CostGroup>): Column<CostGroup>[] => (holds ? [column] : []);
