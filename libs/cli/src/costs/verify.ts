import { CostServiceClient, LedgerDayState, type VerifiedLedgerDay } from '@switchyard/contracts/cost';
import { type CommandInput, textOption } from '../command.ts';
import { call, openClient } from '../grpc-call.ts';
import { formatCost } from '../output/format.ts';
import { renderTable } from '../output/table.ts';

const STATES: ReadonlyMap<LedgerDayState, string> = new Map([
  [LedgerDayState.INTACT, 'intact'],
  [LedgerDayState.OPEN, 'not sealed yet'],
  [LedgerDayState.GROWN, 'has grown since'],
  [LedgerDayState.CHANGED, 'CHANGED'],
  [LedgerDayState.FORGOTTEN, 'no longer kept'],
]);

/** Options of `switchyard costs verify` alone. */
export const VERIFY_OPTIONS = { 'first-day': { type: 'string' }, 'last-day': { type: 'string' } } as const;

/** `switchyard costs verify`: fails where entries or seals were changed. */
export async function verifyLedger(input: CommandInput): Promise<void> {
  const { settings, output } = input;
  const client = openClient(CostServiceClient, settings.costAccounting);
  try {
    const request = {
      firstDay: textOption(input, 'first-day') ?? '',
      lastDay: textOption(input, 'last-day') ?? '',
    };
    const verified = await call(client.verifyLedger.bind(client), request, settings.apiKey);
    const { days, brokenSeals } = verified;
    if (output.json) output.value(verified);
    else output.text(renderDays(days));
    const changed = days.filter(({ state }) => state === LedgerDayState.CHANGED).map(({ day }) => day);
    if (changed.length > 0)
      throw new Error(`entries of ${changed.join(', ')} were edited or deleted after they were sealed`);
    if (brokenSeals.length > 0)
      throw new Error(`seals were edited or deleted, beginning before the one of ${brokenSeals[0]}`);
  } finally {
    client.close();
  }
}

const renderDays = (days: readonly VerifiedLedgerDay[]): string =>
  renderTable(days, [
    { title: 'DAY', cell: ({ day }) => day },
    { title: 'ENTRIES', align: 'right', cell: ({ entries }) => String(entries) },
    { title: 'COST', align: 'right', cell: ({ amountNanoUsd }) => formatCost(amountNanoUsd) },
    { title: 'STATE', cell: ({ state }) => STATES.get(state) ?? '' },
    { title: 'HASH', cell: ({ hash }) => hash },
  ]);
