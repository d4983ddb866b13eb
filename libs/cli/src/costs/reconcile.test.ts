import { InvoiceFormat, ReconcileInvoiceResponse } from '@switchyard/contracts/cost';
import { expect, test } from 'vitest';
import type { CommandInput } from '../command.ts';
import { invoiceRequest, renderReconciliation } from './reconcile.ts';

const read = (options: CommandInput['options'], path = 'november.csv') =>
  invoiceRequest({ options } as CommandInput, path);

test('an invoice is read by its options and the end of its name', () => {
  expect(read({ provider: 'openai', 'map-model': ['a=b', 'c=d=e'], 'tolerance-usd': '0.5' })).toMatchObject({
    provider: 'openai',
    format: InvoiceFormat.CSV,
    models: { a: 'b', c: 'd=e' },
    toleranceNanoUsd: 500_000_000n,
  });
  expect(read({ provider: 'openai' }, 'november.json')).toMatchObject({
    format: InvoiceFormat.JSON,
    toleranceNanoUsd: undefined,
  });
});

test.each([
  [{}, '--provider'],
  [{ provider: 'p', 'map-model': ['a'] }, '--map-model'],
  [{ provider: 'p', 'tolerance-usd': '-1' }, '--tolerance-usd'],
  [{ provider: 'p', 'tolerance-ppm': '2000000' }, '--tolerance-ppm'],
])('%j is refused, by the option', (options, message) => {
  expect(() => read(options)).toThrow(message);
});

test('differences are shown with both sides and the lines that they are of', () => {
  const found = ReconcileInvoiceResponse.fromPartial({
    matched: 2,
    invoiceNanoUsd: 3_000_000_000n,
    ledgerNanoUsd: 2_500_000_000n,
    differences: [
      { kind: 'missing_in_ledger', day: '2026-11-03', model: 'm', lines: [4], invoiceNanoUsd: 500_000_000n },
    ],
  });
  expect(renderReconciliation(found).split('\n')).toEqual([
    'DAY         MODEL  DIFFERENCE         INVOICED  IN THE LEDGER  UNPRICED  LINES',
    '2026-11-03  m      missing in ledger      $0.5              –         0  4',
    '$3 invoiced, $2.5 in the ledger; 2 days of models match, 1 differ.',
    '',
  ]);
});
