import { createHash } from 'node:crypto';
import { parseUsd } from '@switchyard/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFocus, violationsOf } from './focus-rules.fixture.ts';
import { renderCsv } from './render-csv.ts';
import { renderFocus } from './render-focus.ts';
import { renderJson } from './render-json.ts';
import {
  type Chargeback,
  type ChargebackBasis,
  type ChargebackLine,
  chargebackJson,
  makeChargeback,
  ofTenant,
  type SignedChargeback,
} from './statement.ts';

const line = (change: Partial<ChargebackLine>): ChargebackLine => ({
  tenant: 'acme',
  team: '',
  day: '2026-11-03',
  provider: 'openai',
  model: 'gpt-x',
  purpose: 'user_request',
  line: 'charge',
  requests: 1n,
  attempts: 1n,
  unpricedAttempts: 0n,
  inputTokens: 10n,
  outputTokens: 5n,
  costNanoUsd: 100n,
  ...change,
});
const basis = (change: Partial<ChargebackBasis>): ChargebackBasis => ({
  period: { fromMs: Date.UTC(2026, 10, 1), toMs: Date.UTC(2026, 11, 1) },
  rule: 'proportional',
  teamBy: 'service',
  lines: [],
  sums: change.lines ?? [],
  days: [{ day: '2026-11-03', entries: 3n, sha256: 'ab' }],
  closed: true,
  platformTenant: 'installation',
  ...change,
});
const anyLine = fc.record({
  tenant: fc.constantFrom('acme', 'other', 'installation', 'été "x", y'),
  team: fc.constantFrom('', 'search', 'a,"b"\r\nc'),
  day: fc.constantFrom('2026-11-01', '2026-11-30'),
  provider: fc.constantFrom('', 'openai', '=cmd()'),
  model: fc.constantFrom('', 'gpt-x'),
  purpose: fc.constantFrom('user_request', 'probe', 'semantic_cache'),
  line: fc.constantFrom('charge', 'waste', 'unresolved', 'unattributed', 'overdraft', 'adjust'),
  attempts: fc.bigInt(0n, 9n),
  costNanoUsd: fc.bigInt(-(10n ** 12n), 10n ** 15n),
});
const anyBasis = fc
  .tuple(fc.array(anyLine, { maxLength: 40 }), fc.constantFrom('proportional', 'even', 'none'))
  .map(([lines, rule]) => basis({ lines: lines.map(line), rule: rule as ChargebackBasis['rule'] }));
const jsonOf = (chargeback: Chargeback) =>
  JSON.stringify(chargeback, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
const signed = (chargeback: Chargeback): SignedChargeback => ({
  ...chargeback,
  digest: createHash('sha256').update(jsonOf(chargeback)).digest('hex'),
});
const textOf = (pieces: Iterable<string>) => [...pieces].join('');
const sumOf = (amounts: readonly { readonly costNanoUsd: bigint }[]) =>
  amounts.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n);

describe('statements', () => {
  it('add up, with what nobody bears, to exactly what the ledger has', () => {
    fc.assert(
      fc.property(anyBasis, (given) => {
        const { statements, unallocated } = makeChargeback(given);
        const totals = statements.reduce((sum, { totalNanoUsd }) => sum + totalNanoUsd, 0n);
        expect(totals + sumOf(unallocated)).toBe(sumOf(given.lines));
        for (const { lines, shares, totalNanoUsd } of statements)
          expect(sumOf(lines) + sumOf(shares)).toBe(totalNanoUsd);
      }),
    );
  });

  it('divide probes, what is unattributed and the installation’s own requests by the rule', () => {
    const lines = [
      line({ tenant: 'a', costNanoUsd: 300n }),
      line({ tenant: 'b', costNanoUsd: 100n }),
      line({ tenant: 'a', purpose: 'probe', costNanoUsd: 10n }),
      line({ tenant: 'b', line: 'unattributed', purpose: 'unattributed', costNanoUsd: 6n }),
      // Some of it came to light: all are told less of it.
      line({ tenant: 'b', line: 'adjust', purpose: 'unattributed', costNanoUsd: -2n }),
      line({ tenant: 'installation', costNanoUsd: 2n }),
    ];
    const sharesBy = (rule: ChargebackBasis['rule']) =>
      makeChargeback(basis({ lines, rule })).statements.map(({ tenant, shares, totalNanoUsd }) => [
        tenant,
        ...shares.map(({ kind, costNanoUsd }) => `${kind} ${costNanoUsd}`),
        totalNanoUsd,
      ]);
    expect(sharesBy('proportional')).toEqual([
      ['a', 'probes 8', 'unattributed 3', 'platform 2', 313n],
      ['b', 'probes 2', 'unattributed 1', 'platform 0', 103n],
    ]);
    expect(sharesBy('even')).toEqual([
      ['a', 'probes 5', 'unattributed 2', 'platform 1', 308n],
      ['b', 'probes 5', 'unattributed 2', 'platform 1', 108n],
    ]);
    expect(sharesBy('none')).toEqual([
      ['a', 300n],
      ['b', 100n],
    ]);
    expect(makeChargeback(basis({ lines, rule: 'none' })).unallocated).toHaveLength(3);
  });

  it('are the same to the byte whatever order the ledger is read in, and differ where it differs', () => {
    fc.assert(
      fc.property(anyBasis, (given) => {
        // Sums of the ledger have one line a key.
        const lines = [...new Map(given.lines.map((one) => [keyOf(one), one])).values()];
        const one = makeChargeback({ ...given, sums: lines, lines });
        const reversed = lines.toReversed();
        const other = makeChargeback({ ...given, sums: reversed, lines: reversed });
        for (const render of [renderCsv, renderJson, renderFocus])
          expect(textOf(render(signed(other)))).toBe(textOf(render(signed(one))));
        expect(textOf(chargebackJson(one))).toBe(jsonOf(one));
        const [first] = lines;
        if (first === undefined) return;
        const changed = [{ ...first, costNanoUsd: first.costNanoUsd + 1n }, ...lines.slice(1)];
        const changedOne = makeChargeback({ ...given, sums: changed, lines: changed });
        expect(signed(changedOne).digest).not.toBe(signed(one).digest);
      }),
    );
  });

  it('are the same of one tenant where only its lines are read, beside the sums of all', () => {
    fc.assert(
      fc.property(anyBasis, (given) => {
        const whole = ofTenant(makeChargeback(given), 'acme');
        const lines = given.lines.filter(({ tenant }) => tenant === 'acme');
        expect(ofTenant(makeChargeback({ ...given, lines }), 'acme')).toEqual(whole);
      }),
    );
  });

  it('tell one tenant nothing of another', () => {
    const lines = [
      line({ tenant: 'a' }),
      line({ tenant: 'secretive', model: 'hidden' }),
      line({ purpose: 'probe' }),
    ];
    const mine = ofTenant(makeChargeback(basis({ lines })), 'a');
    for (const render of [renderCsv, renderJson, renderFocus])
      expect(textOf(render(signed(mine)))).not.toMatch(/secretive|hidden/);
  });
});

const keyOf = ({ tenant, team, day, provider, model, line: kind, purpose }: ChargebackLine) =>
  JSON.stringify([tenant, team, day, provider, model, kind, purpose]);

describe('renderFocus', () => {
  it('keeps the rules of FOCUS 1.2 and bills all of it', () => {
    fc.assert(
      fc.property(anyBasis, (given) => {
        const { columns, rows } = parseFocus(textOf(renderFocus(makeChargeback(given))));
        expect(violationsOf(columns, rows)).toEqual([]);
        const billed = rows.reduce((sum, { BilledCost }) => sum + (parseUsd(BilledCost ?? '') ?? 0n), 0n);
        expect(billed).toBe(sumOf(given.lines));
      }),
    );
  });

  it('is refused by the rules where a column, a type, a value or a null is wrong', () => {
    const { columns, rows } = parseFocus(
      textOf(renderFocus(makeChargeback(basis({ lines: [line({ team: 't' })] })))),
    );
    const [row = {}] = rows;
    const wrong = (change: object) => violationsOf(columns, [{ ...row, ...change }]);
    expect(violationsOf(columns.slice(1), rows)).toEqual(['BilledCost is missing']);
    expect(wrong({ BilledCost: '1,5' })[0]).toContain('BilledCost is no decimal');
    expect(wrong({ BilledCost: undefined })[0]).toContain('BilledCost is null');
    expect(wrong({ ChargeCategory: 'Gift' })[0]).toContain('ChargeCategory may not be Gift');
    expect(wrong({ ChargePeriodStart: '2026-11-03' })[0]).toContain('ChargePeriodStart is no time');
    expect(wrong({ PricingUnit: undefined })[0]).toContain('PricingUnit');
    expect(wrong({ ChargeCategory: 'Tax' })[0]).toContain('ConsumedQuantity is of usage only');
    expect(wrong({ SkuId: undefined })[0]).toContain('SkuId of usage is null');
  });
});

describe('renderCsv', () => {
  it('makes no formula of a name in FOCUS either, and leaves amounts below 0 as they are', () => {
    const lines = [line({ team: '@cmd', model: '\tx', provider: '-1+1', costNanoUsd: -1n })];
    const { rows } = parseFocus(textOf(renderFocus(makeChargeback(basis({ lines })))));
    expect(rows[0]).toMatchObject({
      ...{ BilledCost: '-0.000000001', ProviderName: "'-1+1", SkuId: "'-1+1/\tx", SubAccountId: "'@cmd" },
    });
  });

  it('quotes what needs it and makes no formula of a name', () => {
    const lines = [line({ tenant: '=HYPERLINK("x")', team: 'a,b' })];
    const text = textOf(renderCsv(signed(makeChargeback(basis({ lines })))));
    expect(text).toContain(
      `line,2026-11-01T00:00:00.000Z,2026-12-01T00:00:00.000Z,"'=HYPERLINK(""x"")","a,b",openai,gpt-x`,
    );
    expect(text).toMatch(/^digest,.*,[0-9a-f]{64}\r\n$/m);
  });
});
