import {
  CostServiceClient,
  type ForecastDay,
  GetForecastRequest,
  type GetForecastResponse,
} from '@switchyard/contracts/cost';
import { type CommandInput, countOption, textOption } from '../command.ts';
import { call, openClient } from '../grpc-call.ts';
import { formatCost } from '../output/format.ts';
import { renderTable } from '../output/table.ts';

/** Options of `switchyard costs forecast` beside those of a summary. */
export const FORECAST_OPTIONS = { budget: { type: 'string' }, days: { type: 'string' } } as const;

const MAX_DAYS = 90;

/** `switchyard costs forecast` */
export async function showForecast(input: CommandInput): Promise<void> {
  const { settings, output } = input;
  const request = GetForecastRequest.fromPartial({
    tenant: textOption(input, 'tenant') ?? '',
    allTenants: input.options['all-tenants'] === true,
    budget: textOption(input, 'budget') ?? '',
    days: countOption(input, 'days', { max: MAX_DAYS }) ?? 0,
  });
  const client = openClient(CostServiceClient, settings.costAccounting);
  try {
    const made = await call(client.getForecast.bind(client), request, settings.apiKey);
    if (output.json) output.value(made);
    else output.text(renderForecast(made));
  } finally {
    client.close();
  }
}

/** The days to come with their intervals, and when a budget runs out. */
export function renderForecast({
  unit,
  days,
  total,
  runsOut,
  runsOutEarliest,
  runsOutLatest,
  anomalies,
}: GetForecastResponse): string {
  const shown = (amount: bigint | undefined) => (unit === 'cost' ? formatCost(amount) : String(amount ?? 0n));
  const rows = [...days, { day: 'in all', amount: total }];
  const table = renderTable<ForecastDay>(rows, [
    { title: 'DAY', cell: ({ day }) => day },
    { title: 'EXPECTED', align: 'right', cell: ({ amount }) => shown(amount?.expected) },
    { title: 'FROM', align: 'right', cell: ({ amount }) => shown(amount?.low) },
    { title: 'TO', align: 'right', cell: ({ amount }) => shown(amount?.high) },
  ]);
  const lines = anomalies.map(
    ({ day, amount, usual }) => `${day} was unlike others: ${shown(amount)}, usual is ${shown(usual)}.\n`,
  );
  if (runsOut !== '' || runsOutEarliest !== '')
    lines.push(
      `The budget runs out on ${runsOut || 'no day that is expected'} (${runsOutEarliest || '…'} to ${runsOutLatest || 'never'}).\n`,
    );
  return `${table}Four of five outcomes should lie between FROM and TO.\n${lines.join('')}`;
}
