import type { FieldViolation } from '@switchyard/kernel';
import type { JsonObject } from '../../formats/json.ts';
import type { CallerHeaders } from '../surface.ts';
import type { HeaderValue } from './header-value.ts';
import { readCacheControl } from './read-cache-control.ts';

/** Where the value of a header goes in the `switchyard` object, and what kind of value it is. */
interface HeaderField {
  readonly path: HeaderValue['path'];
  readonly kind: 'text' | 'integer' | 'list' | 'pairs' | 'flag';
}

const text = (...path: HeaderField['path']): HeaderField => ({ path, kind: 'text' });
const list = (name: string): HeaderField => ({ path: ['requirements', name], kind: 'list' });

/** Every header that is known; each stands for the field of the `switchyard` object it names. */
const FIELDS: Readonly<Record<string, HeaderField>> = {
  'x-switchyard-agent': text('context', 'agent'),
  'x-switchyard-workflow': text('context', 'workflow'),
  'x-switchyard-service': text('context', 'service'),
  'x-switchyard-tenant': text('context', 'tenant'),
  'x-switchyard-labels': { path: ['labels'], kind: 'pairs' },
  'x-switchyard-strategy': text('strategy'),
  'x-switchyard-priority': text('priority'),
  'x-switchyard-idempotency-key': text('idempotency_key'),
  'idempotency-key': text('idempotency_key'),
  'x-switchyard-task-type': text('requirements', 'task_type'),
  'x-switchyard-capabilities': list('capabilities'),
  'x-switchyard-residency': list('residency'),
  'x-switchyard-preferred-providers': list('preferred_providers'),
  'x-switchyard-excluded-providers': list('excluded_providers'),
  'x-switchyard-allowed-providers': list('allowed_providers'),
  'x-switchyard-tags': list('tags'),
  'x-switchyard-max-cost-nano-usd': { path: ['requirements', 'max_cost_nano_usd'], kind: 'integer' },
  'x-switchyard-max-price-per-million-nano-usd': {
    path: ['requirements', 'max_price_per_million_nano_usd'],
    kind: 'integer',
  },
  'x-switchyard-max-latency-ms': { path: ['requirements', 'max_latency_ms'], kind: 'integer' },
  'x-switchyard-failover': { path: ['failover', 'allowed'], kind: 'flag' },
  'x-switchyard-max-fallbacks': { path: ['failover', 'max_fallbacks'], kind: 'integer' },
  'x-switchyard-continue-streams': { path: ['failover', 'continue_streams'], kind: 'flag' },
  'x-switchyard-hedge': text('hedge', 'use'),
  'x-switchyard-cache': text('cache', 'use'),
};

/** Told by Switchyard itself on the way to a provider; one gateway behind another hands them on. */
const TOLD_BY_SWITCHYARD = new Set(['x-switchyard-attempt-id']);

/** What the headers say, or what is wrong with them. One of ours that is not known is wrong: it would be ignored. */
export function readSwitchyardHeaders(headers: CallerHeaders): {
  readonly values: HeaderValue[];
  readonly violations: FieldViolation[];
} {
  const values: HeaderValue[] = [];
  const violations: FieldViolation[] = [];
  for (const header in headers) {
    const raw = headers[header];
    if (raw === undefined || !isOurs(header)) continue;
    const field = FIELDS[header];
    const value = field === undefined ? undefined : readValue(String(raw), field.kind);
    if (field !== undefined && value !== undefined) values.push({ header, path: field.path, value });
    else violations.push({ field: header, description: problemOf(field) });
  }
  const cacheControl = headers['cache-control'];
  if (cacheControl !== undefined) values.push(...readCacheControl(String(cacheControl)));
  return { values, violations };
}

const isOurs = (header: string): boolean =>
  header === 'idempotency-key' || (header.startsWith('x-switchyard-') && !TOLD_BY_SWITCHYARD.has(header));

const KINDS = {
  text: 'must be a text',
  integer: 'must be a whole number from 0',
  list: 'must be names with commas between them',
  pairs: 'must be name=value pairs with commas between them, percent-encoded',
  flag: 'must be true or false',
} as const;

function problemOf(field: HeaderField | undefined): string {
  if (field !== undefined) return KINDS[field.kind];
  return `is not a known header; there are ${Object.keys(FIELDS).join(', ')}`;
}

/** undefined for what cannot be read. */
function readValue(raw: string, kind: HeaderField['kind']): unknown {
  switch (kind) {
    case 'text':
      return raw;
    case 'flag':
      return raw === 'true' ? true : raw === 'false' ? false : undefined;
    case 'integer':
      return /^\d{1,18}$/.test(raw) ? integerOf(raw) : undefined;
    case 'list':
      return entriesOf(raw);
    case 'pairs':
      return pairsOf(raw);
  }
}

/** As text where a number would lose digits. */
function integerOf(raw: string): number | string {
  const value = Number(raw);
  return Number.isSafeInteger(value) ? value : raw;
}

const entriesOf = (raw: string): string[] =>
  raw
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

function pairsOf(raw: string): JsonObject | undefined {
  const pairs: [string, string][] = [];
  for (const entry of entriesOf(raw)) {
    const at = entry.indexOf('=');
    const name = at > 0 ? decoded(entry.slice(0, at)) : undefined;
    const value = at > 0 ? decoded(entry.slice(at + 1)) : undefined;
    if (name === undefined || value === undefined) return undefined;
    pairs.push([name, value]);
  }
  return Object.fromEntries(pairs);
}

function decoded(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded.trim());
  } catch {
    return undefined;
  }
}
