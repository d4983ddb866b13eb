import {
  type ListRecommendationsRequest,
  type ListRecommendationsResponse,
  Recommendation as RecommendationMessage,
} from '@switchyard/contracts/cost';
import { type Clock, invalidArgument } from '@switchyard/kernel';
import type { UnaryHandler } from '@switchyard/service-kit';
import { type Period, readPeriod } from '../domain/period.ts';
import { isComparable } from '../domain/recommend/cheaper-offers.ts';
import type { Offer } from '../domain/recommend/offer.ts';
import { recommend } from '../domain/recommend/recommend.ts';
import type { ModelUse, Recommendation } from '../domain/recommend/recommendation.ts';
import { seenBy } from '../domain/recommend/seen-by.ts';
import type { AskedNames, LedgerQueries, OfferDirectory, TenantScope } from '../ports.ts';
import type { PriceBookKeeper } from '../price-book-keeper.ts';
import { scopeOf } from './tenant-scope.ts';

/** Models of providers that are looked at, the dearest first, and what is told. */
const MAX_GROUPS = 10_000;
const MAX_TOLD = 100;
/** Of so many, the dearest, names are looked for in the ledger, and in so many days at the end of the period. */
const MAX_NAMED = 100;
const NAMED_MS = 7 * 24 * 3_600_000;

/** What recommendations are made from. */
export interface RecommendContext {
  readonly queries: LedgerQueries;
  readonly askedNames: AskedNames;
  readonly offers: OfferDirectory;
  readonly prices: PriceBookKeeper;
  readonly clock: Clock;
}

/** Tells what the usage of a period could have cost less by. */
export function listRecommendations(
  context: RecommendContext,
): UnaryHandler<ListRecommendationsRequest, ListRecommendationsResponse> {
  return async (request, { principal }) => {
    const { offers: directory, prices, clock } = context;
    const scope = scopeOf(request, { principal, what: 'recommendations for all tenants' });
    const period = readPeriod(request, clock.wallMs());
    if (!period.ok) throw invalidArgument(period.error);
    const offered = await directory.list().catch(() => undefined);
    const offers = seenBy(offered ?? [], scope.kind === 'all' ? undefined : scope.tenant);
    const uses = await usesOf(context, { scope, period: period.value });
    const asked = await askedFor(context, { scope, period: period.value, uses, offers });
    const tenant = scope.kind === 'all' ? '' : scope.tenant;
    const found = recommend({ uses, offers, asked, tenant, prices: (await prices.current()).prices });
    return {
      recommendations: found.slice(0, MAX_TOLD).map(messageOf),
      offersUnknown: offered === undefined,
    };
  };
}

interface Asked {
  readonly scope: TenantScope;
  readonly period: Period;
}

async function usesOf({ queries }: RecommendContext, { scope, period }: Asked): Promise<ModelUse[]> {
  const { groups } = await queries.summarise(scope, {
    period,
    groupBy: ['provider', 'model', 'purpose', 'line'],
    filters: {},
    label: undefined,
    limit: MAX_GROUPS,
  });
  return groups.map(({ key, ...sums }) => ({
    provider: key.provider ?? '',
    model: key.model ?? '',
    purpose: key.purpose ?? '',
    line: key.line ?? '',
    ...sums,
  }));
}

/** By what names models of configured providers were asked for. */
function askedFor(
  { askedNames }: RecommendContext,
  {
    scope,
    period,
    uses,
    offers,
  }: Asked & { readonly uses: readonly ModelUse[]; readonly offers: readonly Offer[] },
): ReturnType<AskedNames['read']> {
  const known = new Set(offers.map(({ provider, model }) => `${provider}/${model}`));
  const models = uses
    .filter((use) => isComparable(use) && known.has(`${use.provider}/${use.model}`))
    .slice(0, MAX_NAMED);
  const fromMs = Math.max(period.fromMs, period.toMs - NAMED_MS);
  return askedNames.read(scope, { period: { fromMs, toMs: period.toMs }, models });
}

function messageOf({ change, ...one }: Recommendation): RecommendationMessage {
  return RecommendationMessage.fromPartial({
    ...one,
    evidence: { ...one.evidence },
    change:
      change === undefined
        ? undefined
        : change.kind === 'configuration'
          ? { $case: 'configuration', value: change.configuration }
          : { $case: 'probesOff', value: { provider: change.provider } },
  });
}
