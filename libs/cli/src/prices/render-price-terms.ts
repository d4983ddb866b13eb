import type { PriceTerm } from '@switchyard/contracts/cost';
import { formatUsd } from '@switchyard/kernel';
import { renderTable } from '../output/table.ts';
import { PLAIN, type View } from '../output/view.ts';
import { priceKinds } from './read-price-term.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** What is charged in place of the price book's prices. */
export const renderPriceTerms = (terms: readonly PriceTerm[], view: View = PLAIN): string =>
  renderTable(
    terms,
    [
      { title: 'TERMS', cell: ({ id }) => id },
      { title: 'FOR', cell: describeCalls },
      { title: 'CHARGED', cell: describeCharge },
      { title: 'FROM', cell: ({ effectiveFrom }) => effectiveFrom?.toISOString() ?? '' },
      { title: 'UNTIL', cell: ({ effectiveUntil }) => effectiveUntil?.toISOString() ?? '–' },
      { title: 'WHEN', cell: describeWindows },
      { title: 'DESCRIPTION', cell: ({ description }) => description },
    ],
    view,
  );

function describeCalls({ tenant, provider, model }: PriceTerm): string {
  const of = [provider, model].filter((name) => name !== '').join('/') || 'all models';
  return tenant === '' ? of : `${of} of tenant ${tenant}`;
}

function describeCharge({ prices, discountPpm }: PriceTerm): string {
  const stated = priceKinds().flatMap(([name, kind]) => {
    const price = prices?.[kind];
    return price === undefined ? [] : [`${name} $${formatUsd(price)}/M`];
  });
  return [...stated, ...(discountPpm > 0 ? [`${discountPpm / 10_000} % off`] : [])].join(', ');
}

function describeWindows({ windows, timeZone }: PriceTerm): string {
  if (windows.length === 0) return 'always';
  const times = windows.map(({ weekdays, fromMinute, untilMinute }) => {
    const days = weekdays.map((day) => DAYS[day - 1]).join(',');
    return `${days === '' ? '' : `${days} `}${clock(fromMinute)}-${clock(untilMinute)}`;
  });
  return `${times.join(', ')} ${timeZone}`;
}

const clock = (minute: number): string =>
  `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;
