import { byWeight, chargedBy, holdsAt, type PriceTerm } from '@switchyard/llm';
import type { Offering } from './offering.ts';
import { tokenRates } from './token-rates.ts';

/** Gives an offering with the prices that are charged. */
export interface Reprice {
  (offering: Offering): Offering;
  /** What tokens of a provider are charged is never below this share of what is listed, 0 to 1; 0: it may be anything. @param id the provider's */
  readonly leastShare: (id: string) => number;
}

/** What is charged a tenant until some time. */
interface Repriced {
  readonly reprice: Reprice;
  /** From when on other terms may hold, wall milliseconds. */
  readonly untilMs: number;
}

const MINUTE_MS = 60_000;
const MILLION = 1_000_000;
/** Tenants whose prices are remembered. */
const MAX_KNOWN = 10_000;
const AS_LISTED: Reprice = Object.assign((offering: Offering) => offering, { leastShare: () => 1 });

/** Terms of one version of the price book. What they make of prices is worked out once for each tenant, offering and minute. */
export class TermBook {
  readonly #terms: readonly PriceTerm[];
  readonly #known = new Map<string, Repriced>();

  constructor(terms: readonly PriceTerm[]) {
    this.#terms = terms.toSorted(byWeight);
  }

  /** What a tenant is charged at an instant. */
  repriceFor(tenant: string, wallMs: number): Reprice {
    const known = this.#known.get(tenant);
    // A clock that was set back begins anew, too.
    if (known !== undefined && wallMs < known.untilMs && wallMs >= known.untilMs - MINUTE_MS)
      return known.reprice;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    const made = this.#make(tenant, wallMs);
    this.#known.set(tenant, made);
    return made.reprice;
  }

  #make(tenant: string, wallMs: number): Repriced {
    const own = this.#terms.filter((term) => term.tenant === '' || term.tenant === tenant);
    // Windows begin and end with minutes, terms when they say.
    const minuteEndMs = (Math.floor(wallMs / MINUTE_MS) + 1) * MINUTE_MS;
    const untilMs = own
      .flatMap(({ fromMs, untilMs: endMs }) => [fromMs, endMs])
      .reduce((soonest, atMs) => (atMs > wallMs ? Math.min(soonest, atMs) : soonest), minuteEndMs);
    const holding = own.filter((term) => holdsAt(term, wallMs));
    return { reprice: holding.length === 0 ? AS_LISTED : repriceBy(holding), untilMs };
  }
}

function repriceBy(holding: readonly PriceTerm[]): Reprice {
  const known = new WeakMap<Offering, Offering>();
  const shares = new Map<string, number>();
  const reprice = (offering: Offering) => {
    if (offering.pricedBy === 'terms') return offering;
    let repriced = known.get(offering);
    if (repriced === undefined) {
      repriced = charged(offering, holding);
      known.set(offering, repriced);
    }
    return repriced;
  };
  const leastShare = (id: string) => {
    let share = shares.get(id);
    if (share === undefined) {
      share = leastShareBy(holding.filter(({ provider }) => provider === '' || provider === id));
      shares.set(id, share);
    }
    return share;
  };
  return Object.assign(reprice, { leastShare });
}

function leastShareBy(terms: readonly PriceTerm[]): number {
  if (terms.some(({ prices }) => prices.input !== undefined || prices.output !== undefined)) return 0;
  return 1 - Math.max(0, ...terms.map(({ discountPpm }) => discountPpm)) / MILLION;
}

function charged(offering: Offering, holding: readonly PriceTerm[]): Offering {
  const { provider, model } = offering;
  const terms = holding.filter(
    (term) =>
      (term.provider === '' || term.provider === provider.id) && (term.model === '' || term.model === model),
  );
  if (terms.length === 0) return offering;
  const prices = chargedBy(offering, terms);
  const { prices: before = {}, tiers } = offering;
  const listed = { prices: before, tiers };
  return { ...offering, ...prices, rates: tokenRates(prices), pricedBy: 'terms', listed };
}
