import { expect, test } from 'vitest';
import type { CommandInput } from '../command.ts';
import { readPriceTerm } from './read-price-term.ts';
import { renderPriceTerms } from './render-price-terms.ts';

const read = (options: CommandInput['options']) => readPriceTerm('x', { options } as CommandInput);

test('terms are read from their options, and shown', () => {
  const contract = read({
    ...{ tenant: 'acme', provider: 'openai', model: 'gpt-4o', price: ['input=2', 'cache_write_1h=0.5'] },
    ...{ from: '2026-12-01T00:00:00Z', until: '2027-12-01', description: 'as agreed' },
  });
  expect(contract).toMatchObject({ prices: { input: 2_000_000_000n, cacheWrite1h: 500_000_000n } });
  const night = read({
    ...{ discount: '12.5%', provider: 'deepseek', hours: ['16:30-24:00,0:00-0:30'], days: ['sat', 'Sunday'] },
    'time-zone': 'UTC',
  });
  expect(night).toMatchObject({
    discountPpm: 125_000,
    windows: [
      { weekdays: [6, 7], fromMinute: 990, untilMinute: 1_440 },
      { weekdays: [6, 7], fromMinute: 0, untilMinute: 30 },
    ],
  });
  expect(renderPriceTerms([contract, night])).toBe(
    [
      'TERMS  FOR                           CHARGED                            FROM                      UNTIL                     WHEN                                        DESCRIPTION',
      'x      openai/gpt-4o of tenant acme  input $2/M, cache_write_1h $0.5/M  2026-12-01T00:00:00.000Z  2027-12-01T00:00:00.000Z  always                                      as agreed',
      'x      deepseek                      12.5 % off                                                   –                         Sat,Sun 16:30-24:00, Sat,Sun 0:00-0:30 UTC',
      '',
    ].join('\n'),
  );
});

test.each([
  [{ discount: '0' }, '--discount'],
  [{ discount: '100.1' }, '--discount'],
  [{ discount: '1.00001' }, '--discount'],
  [{ price: ['input'] }, '--price input='],
  [{ price: ['input=-1'] }, '--price input='],
  [{ price: ['input=2.5EUR'] }, '--price input='],
  [{ price: ['input=0.0000000001'] }, '--price input='],
  [{ price: ['gold=1'] }, '--price gold'],
  [{ hours: ['22:00-06:00'] }, '--hours'],
  [{ hours: ['9:60-10:00'] }, '--hours'],
  [{ days: ['someday'] }, '--days'],
  [{ from: 'tomorrow' }, '--from'],
])('%j is refused, by the option', (options, message) => {
  expect(() => read(options)).toThrow(message);
});
