import {
  CostServiceClient,
  type DeclareOutboxLostResponse,
  type GetLedgerStatusResponse,
  type OutboxStatus,
} from '@switchyard/contracts/cost';
import { type CommandInput, textOption, UsageError } from '../command.ts';
import { call, openClient } from '../grpc-call.ts';
import { formatCost } from '../output/format.ts';
import { renderTable } from '../output/table.ts';

/** Options of `switchyard costs outboxes` beside those of a summary. */
export const OUTBOX_OPTIONS = { reason: { type: 'string' }, 'dry-run': { type: 'boolean' } } as const;

/** `switchyard costs outboxes [declare-lost ID]` */
export async function outboxes(input: CommandInput): Promise<void> {
  const { settings } = input;
  const [, action, outboxId] = input.positionals;
  if (action !== undefined && action !== 'declare-lost')
    throw new UsageError(`costs outboxes ${action}? There is declare-lost`);
  const client = openClient(CostServiceClient, settings.costAccounting);
  try {
    if (action === undefined) await list(client, input);
    else await declareLost(client, input, outboxId);
  } finally {
    client.close();
  }
}

async function list(client: CostServiceClient, { settings, output }: CommandInput): Promise<void> {
  const status = await call(client.getLedgerStatus.bind(client), {}, settings.apiKey);
  if (output.json) output.value(status);
  else output.text(renderOutboxes(status));
}

async function declareLost(
  client: CostServiceClient,
  input: CommandInput,
  outboxId: string | undefined,
): Promise<void> {
  const { settings, output, options } = input;
  if (outboxId === undefined)
    throw new UsageError(
      'costs outboxes declare-lost needs the id of an outbox: `costs outboxes` lists them',
    );
  const reason = textOption(input, 'reason') ?? '';
  if (reason === '') throw new UsageError('costs outboxes declare-lost needs --reason TEXT');
  const dryRun = options['dry-run'] === true;
  const request = { outboxId, reason, dryRun };
  const lost = await call(client.declareOutboxLost.bind(client), request, settings.apiKey);
  if (output.json) output.value(lost);
  else output.text(renderLoss(outboxId, lost));
}

/** Outboxes and how far the ledger has them. */
export function renderOutboxes({ outboxes: found, quarantined, records }: GetLedgerStatusResponse): string {
  const sums = `${records} records in the ledger, ${quarantined} in quarantine.\n`;
  if (found.length === 0) return sums;
  const table = renderTable<OutboxStatus>(found, [
    { title: 'OUTBOX', cell: ({ outboxId }) => outboxId },
    { title: 'REPLICA', cell: ({ replica }) => replica || '–' },
    { title: 'LAST SEEN', cell: ({ seenAt }) => seenAt?.toISOString() ?? '–' },
    { title: 'RECORDS', align: 'right', cell: ({ lastSequence }) => String(lastSequence) },
    { title: 'IN THE LEDGER', align: 'right', cell: (one) => String(one.committedSequence + one.aheadOfGap) },
    { title: 'STATE', cell: stateOf },
    {
      title: 'UNATTRIBUTED',
      align: 'right',
      cell: (one) => (one.lostAt === undefined ? '–' : formatCost(one.unattributedNanoUsd)),
    },
  ]);
  return `${table}${sums}`;
}

function stateOf({ closed, lostAt, committedSequence, aheadOfGap, lastSequence }: OutboxStatus): string {
  if (lostAt !== undefined) return `lost since ${lostAt.toISOString()}`;
  const lacks = committedSequence + aheadOfGap < lastSequence;
  return `${closed ? 'closed' : 'open'}${lacks ? ', records are missing' : ''}`;
}

function renderLoss(outboxId: string, { lostAt, costs, windows }: DeclareOutboxLostResponse): string {
  const isPreview = lostAt === undefined;
  const head = isPreview
    ? `Dry run: outbox ${outboxId} is not declared lost.\n`
    : `Outbox ${outboxId} is lost since ${lostAt.toISOString()}.\n`;
  const booked = costs.map(
    ({ tenant, amountNanoUsd }) =>
      `${isPreview ? 'Would be booked' : 'Booked'} as unattributed for ${tenant}: ${formatCost(amountNanoUsd)}\n`,
  );
  const held = windows.map(
    ({ tenant, budget, unit, amount }) =>
      `Stays counted in budget ${budget} of ${tenant === '' ? 'the installation' : `tenant ${tenant}`}: ${unit === 'cost' ? formatCost(amount) : `${amount} ${unit}`}\n`,
  );
  const nothing = costs.length + windows.length === 0 ? 'It holds nothing of any budget.\n' : '';
  return [head, ...booked, ...held, nothing].join('');
}
