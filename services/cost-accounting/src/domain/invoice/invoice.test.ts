import { nanoUsd } from '@switchyard/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BookedDay, matchInvoice } from './match-invoice.ts';
import { readAmount } from './read-amount.ts';
import { readCsv } from './read-csv.ts';
import { type InvoiceFile, type InvoiceLine, readInvoice } from './read-invoice.ts';

const COLUMNS = { date: 'date', model: 'model', amount: 'amount_usd' };
const read = (text: string, format: InvoiceFile['format'] = 'csv') =>
  readInvoice({ text, format, columns: COLUMNS });
const problemsOf = (text: string, format: InvoiceFile['format'] = 'csv') => {
  const found = read(text, format);
  return found.ok ? [] : found.error.map(({ field }) => field);
};

describe('readAmount', () => {
  it.each([
    ['12.5', 12_500_000_000n],
    ['$0.000000001', 1n],
    ['0.0000000005', 1n],
    ['0.0000000004', 0n],
    ['-3', -3_000_000_000n],
    ['1e-7', 100n],
    ['6.000000052838564e-08', 60n],
  ])('reads %j as %s nano-USD', (text, expected) => {
    expect(readAmount(text)).toBe(expected);
  });
  it.each(['', 'abc', '1,5', '1.', '--1', '1e999', 'NaN'])('refuses %j', (text) => {
    expect(readAmount(text)).toBeUndefined();
  });
});

describe('readInvoice', () => {
  it('reads CSV with quotes, other line ends and columns in any order, and keeps the number of each line', () => {
    expect(
      read(
        'model,x,date,amount_usd\r\n"a ""b"", c",1,2026-11-03,0.5\n\n"two\nlines",,2026-11-04T01:00:00+02:00,1e-9',
      ),
    ).toEqual({
      ok: true,
      value: [
        { number: 2, day: '2026-11-03', model: 'a "b", c', amountNanoUsd: 500_000_000n },
        { number: 4, day: '2026-11-03', model: 'two\nlines', amountNanoUsd: 1n },
      ],
    });
  });

  it('reads JSON lists, plain or as lines or data', () => {
    const list = [{ date: '2026-11-03', model: 'm', amount_usd: 0.25 }];
    for (const value of [list, { lines: list }, { data: list }])
      expect(read(JSON.stringify(value), 'json')).toMatchObject({
        ok: true,
        value: [{ number: 1, amountNanoUsd: 250_000_000n }],
      });
  });

  it('names the line and column of all that is wrong', () => {
    expect(problemsOf('date,model,amount_usd\n2026-02-30,m,1\n2026-11-03,,x\n2026-11-03,m,1')).toEqual([
      'file line 2, date',
      'file line 3, model',
      'file line 3, amount_usd',
    ]);
    expect(problemsOf('date,model\n2026-11-03,m')).toEqual(['file line 1']);
    expect(problemsOf('date,model,amount_usd\n2026-11-03,"m,1')).toEqual(['file line 2']);
    expect(problemsOf('date,model,amount_usd\n')).toEqual(['file']);
    expect(problemsOf('{', 'json')).toEqual(['file']);
    expect(problemsOf('[{"date":"2026-11-03","model":{},"amount_usd":1}]', 'json')).toEqual([
      'file line 1, model',
    ]);
  });

  it('stops at the line that is one too many, whatever is wrong after it', () => {
    expect(readCsv('a\nb\n', 2).ok).toBe(true);
    expect(readCsv('a\nb\nc\n"never ends', 2)).toEqual({ ok: false, error: { kind: 'too_many', line: 3 } });
    const csv = `date,model,amount_usd\n${'2026-11-03,m,1\n'.repeat(100_001)}`;
    const tooMany = { ok: false, error: [{ field: 'file', description: 'has more than 100000 lines' }] };
    expect(read(csv)).toEqual(tooMany);
    expect(read(JSON.stringify(new Array(100_001).fill(0)), 'json')).toEqual(tooMany);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.string(),
        (text) => void [read(text), read(text, 'json'), read(`date,model,amount_usd\n${text}`)],
      ),
    );
  });
});

const EXACT = { tolerance: { nanoUsd: 0n, partsPerMillion: 0n }, models: new Map<string, string>() };
const invoiced = (number: number, model: string, amount: bigint, day = '2026-11-03'): InvoiceLine => ({
  number,
  day,
  model,
  amountNanoUsd: nanoUsd(amount),
});
const bookedDay = (model: string, costNanoUsd: bigint, day = '2026-11-03'): BookedDay => ({
  day,
  model,
  costNanoUsd,
  unpricedAttempts: 0n,
});

describe('matchInvoice', () => {
  it('tells what is missing here, what is missing there, and what differs, by line', () => {
    const { differences, matched } = matchInvoice(
      {
        lines: [invoiced(2, 'a', 60n), invoiced(3, 'a', 40n), invoiced(4, 'b', 100n), invoiced(5, 'c', 7n)],
        booked: [bookedDay('a', 100n), bookedDay('b', 90n), bookedDay('d', 5n)],
      },
      EXACT,
    );
    expect(matched).toBe(1);
    expect(differences).toMatchObject([
      { kind: 'amount_differs', model: 'b', lines: [4], invoiceNanoUsd: 100n, ledgerNanoUsd: 90n },
      { kind: 'missing_in_ledger', model: 'c', lines: [5], ledgerNanoUsd: undefined },
      { kind: 'missing_in_invoice', model: 'd', lines: [], invoiceNanoUsd: undefined },
    ]);
  });

  it('takes the larger of both tolerances, and other names of models', () => {
    const sides = { lines: [invoiced(2, 'gpt-x-2026', 1_000_000n)], booked: [bookedDay('gpt-x', 990_000n)] };
    const models = new Map([['gpt-x-2026', 'gpt-x']]);
    const matchedBy = (nano: bigint, partsPerMillion: bigint) =>
      matchInvoice(sides, { tolerance: { nanoUsd: nano, partsPerMillion }, models }).matched;
    expect([matchedBy(10_000n, 0n), matchedBy(0n, 10_000n), matchedBy(9_999n, 9_999n)]).toEqual([1, 1, 0]);
    expect(matchInvoice(sides, EXACT).differences.map(({ kind }) => kind)).toEqual([
      'missing_in_invoice',
      'missing_in_ledger',
    ]);
  });

  it('leaves nothing out: without tolerance the differences are all that the sums differ by', () => {
    const model = fc.constantFrom('a', 'b', 'c');
    const amount = fc.bigInt(-1000n, 1000n);
    fc.assert(
      fc.property(fc.array(fc.tuple(model, amount)), fc.array(fc.tuple(model, amount)), (one, other) => {
        const lines = one.map(([name, nano], i) => invoiced(i, name, nano));
        const booked = other.map(([name, nano]) => bookedDay(name, nano));
        const { differences, invoiceNanoUsd, ledgerNanoUsd } = matchInvoice({ lines, booked }, EXACT);
        const off = differences.reduce(
          (sum, d) => sum + (d.invoiceNanoUsd ?? 0n) - (d.ledgerNanoUsd ?? 0n),
          0n,
        );
        expect(off).toBe(invoiceNanoUsd - ledgerNanoUsd);
      }),
    );
  });
});
