import type { Period } from '../period.ts';
import { allocate } from './allocate.ts';
import { inPieces } from './pieces.ts';

/** How shared costs are divided between tenants: by what each cost directly, in equal parts, or not at all. */
export type SharedRule = 'proportional' | 'even' | 'none';

/** Costs that belong to no tenant: probes of providers, what could not be attributed, and the installation's own requests. */
export const SHARED_KINDS = ['probes', 'unattributed', 'platform'] as const;
/** Costs that belong to no tenant. */
export type SharedKind = (typeof SHARED_KINDS)[number];

/** Sums of the ledger that a statement is made of. */
export interface ChargebackLine {
  readonly tenant: string;
  /** What a tenant is divided by; '' without. */
  readonly team: string;
  /** `2026-11-03`, or '' where the line is of the whole period. */
  readonly day: string;
  readonly provider: string;
  readonly model: string;
  /** Such as `user_request`. */
  readonly purpose: string;
  /** Such as `charge`. */
  readonly line: string;
  readonly requests: bigint;
  readonly attempts: bigint;
  readonly unpricedAttempts: bigint;
  readonly inputTokens: bigint;
  readonly outputTokens: bigint;
  readonly costNanoUsd: bigint;
}

/** What a tenant's entries of one purpose and line cost. */
export type CostSum = Pick<ChargebackLine, 'tenant' | 'purpose' | 'line' | 'costNanoUsd'>;

/** A day of the ledger, as it was when the statement was made. */
export interface SealedDay {
  readonly day: string;
  readonly entries: bigint;
  /** Hex. */
  readonly sha256: string;
}

/** A shared cost, or a part of it. */
export interface SharedCost {
  readonly kind: SharedKind;
  readonly costNanoUsd: bigint;
}

/** What one tenant owes. */
export interface Statement {
  readonly tenant: string;
  readonly lines: readonly ChargebackLine[];
  readonly directNanoUsd: bigint;
  readonly shares: readonly SharedCost[];
  readonly totalNanoUsd: bigint;
}

/** What statements are made from. */
export interface ChargebackBasis {
  readonly period: Period;
  readonly rule: SharedRule;
  /** What `team` is, such as `service` or `label:team`; '' for nothing. */
  readonly teamBy: string;
  /** Of all tenants: shared costs are divided by them. */
  readonly sums: readonly CostSum[];
  /** Of the tenants whose statements are wanted. */
  readonly lines: readonly ChargebackLine[];
  /** The period's days that have ended. */
  readonly days: readonly SealedDay[];
  /** Whether the period has ended and is sealed whole. */
  readonly closed: boolean;
  /** The tenant of the installation's own keys. */
  readonly platformTenant: string;
}

/** Statements, and the SHA-256 of all that they say, hex. */
export interface SignedChargeback extends Chargeback {
  readonly digest: string;
}

/** Statements of a period. The same ledger gives the same, to the byte. */
export interface Chargeback {
  readonly period: Period;
  readonly rule: SharedRule;
  readonly teamBy: string;
  readonly closed: boolean;
  readonly days: readonly SealedDay[];
  /** By tenant. */
  readonly statements: readonly Statement[];
  /** Shared costs that no tenant bears. With all statements they are all that the ledger has. */
  readonly unallocated: readonly SharedCost[];
}

/** Makes every tenant's statement; those of tenants whose lines are not there have none. */
export function makeChargeback(basis: ChargebackBasis): Chargeback {
  const { direct, shared } = divideSums(basis);
  const isDirect = (line: ChargebackLine) => sharedKindOf(line, basis.platformTenant) === undefined;
  const lines = Map.groupBy(basis.lines.filter(isDirect), ({ tenant }) => tenant);
  const tenants = [...direct.keys()].toSorted(byCodeUnits);
  const sums = tenants.map((tenant) => direct.get(tenant) ?? 0n);
  const costs = SHARED_KINDS.flatMap((kind) => {
    const costNanoUsd = shared.get(kind) ?? 0n;
    return costNanoUsd === 0n ? [] : [{ kind, costNanoUsd }];
  });
  const bears = basis.rule !== 'none' && tenants.length > 0;
  const weights = sums.map((sum) => (basis.rule === 'even' || sum < 0n ? 0n : sum));
  const divided = bears ? costs.map(({ costNanoUsd }) => allocate(costNanoUsd, weights)) : [];
  const statements = tenants.map((tenant, i): Statement => {
    const shares = divided.map((parts, k) => ({
      kind: costs[k]?.kind ?? 'platform',
      costNanoUsd: parts[i] ?? 0n,
    }));
    const directNanoUsd = sums[i] ?? 0n;
    return {
      tenant,
      lines: (lines.get(tenant) ?? []).toSorted(byKey),
      directNanoUsd,
      shares,
      totalNanoUsd: shares.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, directNanoUsd),
    };
  });
  const { period, rule, teamBy, closed, days } = basis;
  return { period, rule, teamBy, closed, days, statements, unallocated: bears ? [] : costs };
}

/** Only one tenant's statement: others' costs are none of its business. */
export const ofTenant = (chargeback: Chargeback, tenant: string): Chargeback => ({
  ...chargeback,
  statements: chargeback.statements.filter((statement) => statement.tenant === tenant),
  unallocated: [],
});

/** What each tenant cost directly, and what belongs to none. */
function divideSums({ sums, platformTenant }: ChargebackBasis) {
  const direct = new Map<string, bigint>();
  const shared = new Map<SharedKind, bigint>();
  for (const sum of sums) {
    const kind = sharedKindOf(sum, platformTenant);
    if (kind === undefined) direct.set(sum.tenant, (direct.get(sum.tenant) ?? 0n) + sum.costNanoUsd);
    else shared.set(kind, (shared.get(kind) ?? 0n) + sum.costNanoUsd);
  }
  return { direct, shared };
}

/** Everything that statements say, as JSON, a piece at a time. */
export function* chargebackJson({ statements, unallocated, ...head }: Chargeback): Generator<string> {
  yield `${toJson(head).slice(0, -1)},"statements":[`;
  for (const [i, { tenant, lines, ...rest }] of statements.entries()) {
    yield `${i === 0 ? '' : ','}{"tenant":${toJson(tenant)},"lines":[`;
    let isFirst = true;
    for (const piece of inPieces(lines)) {
      yield `${isFirst ? '' : ','}${toJson(piece).slice(1, -1)}`;
      isFirst = false;
    }
    yield `],${toJson(rest).slice(1)}`;
  }
  yield `],"unallocated":${toJson(unallocated)}}`;
}

const toJson = (value: unknown): string =>
  JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? String(member) : member));

function sharedKindOf({ tenant, purpose }: CostSum, platformTenant: string): SharedKind | undefined {
  if (purpose === 'probe') return 'probes';
  if (purpose === 'unattributed') return 'unattributed';
  return tenant === platformTenant ? 'platform' : undefined;
}

/** An order that no locale changes. */
const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function byKey(a: ChargebackLine, b: ChargebackLine): number {
  for (const key of ['team', 'day', 'provider', 'model', 'line', 'purpose'] as const) {
    const order = byCodeUnits(a[key], b[key]);
    if (order !== 0) return order;
  }
  return 0;
}
