import { formatUsd } from '@switchyard/kernel';
import { csvLine } from './csv.ts';
import { inPieces } from './pieces.ts';
import type { ChargebackLine, SharedCost, SignedChargeback } from './statement.ts';

const COLUMNS = [
  'record',
  'period_start',
  'period_end',
  'tenant',
  'team',
  'provider',
  'model',
  'line',
  'purpose',
  'requests',
  'attempts',
  'unpriced_attempts',
  'input_tokens',
  'output_tokens',
  'cost_usd',
  'cost_nano_usd',
  'reference',
] as const;
type Row = Partial<Record<(typeof COLUMNS)[number], string | bigint>>;

/** Statements as CSV, a piece at a time: lines, shares of shared costs and a total of each tenant, then the ledger's days and the digest. */
export function* renderCsv(chargeback: SignedChargeback): Generator<string> {
  const period = {
    period_start: new Date(chargeback.period.fromMs).toISOString(),
    period_end: new Date(chargeback.period.toMs).toISOString(),
  };
  const rows = (list: readonly Row[]) => list.map((row) => lineOf({ ...period, ...row })).join('');
  yield csvLine(COLUMNS);
  for (const { tenant, lines, shares, totalNanoUsd } of chargeback.statements) {
    for (const piece of inPieces(lines)) yield rows(piece.map((line) => rowOf(tenant, line)));
    yield rows([
      ...shares.map((share): Row => ({ record: 'share', tenant, ...shareOf(share) })),
      { record: 'total', tenant, ...money(totalNanoUsd) },
    ]);
  }
  yield rows(chargeback.unallocated.map((cost) => ({ record: 'unallocated', ...shareOf(cost) })));
  yield rows(
    chargeback.days.map(({ day, entries, sha256 }) => ({
      record: 'ledger_day',
      period_start: `${day}T00:00:00.000Z`,
      requests: entries,
      reference: sha256,
    })),
  );
  yield rows([{ record: chargeback.closed ? 'digest' : 'digest_provisional', reference: chargeback.digest }]);
}

const lineOf = (row: Row): string => csvLine(COLUMNS.map((name) => row[name]));
const money = (nanoUsd: bigint): Row => ({ cost_usd: formatUsd(nanoUsd), cost_nano_usd: nanoUsd });
const shareOf = ({ kind, costNanoUsd }: SharedCost): Row => ({ line: kind, ...money(costNanoUsd) });

const rowOf = (tenant: string, line: ChargebackLine): Row => ({
  record: 'line',
  tenant,
  team: line.team,
  provider: line.provider,
  model: line.model,
  line: line.line,
  purpose: line.purpose,
  requests: line.requests,
  attempts: line.attempts,
  unpriced_attempts: line.unpricedAttempts,
  input_tokens: line.inputTokens,
  output_tokens: line.outputTokens,
  ...money(line.costNanoUsd),
});
