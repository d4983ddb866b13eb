import { seededRandom } from '@switchyard/kernel';
import type { Contender } from '../strategies/contender.ts';
import { type EndpointMix, sharesOf } from './mix-endpoints.ts';
import type { Ranking } from './ranking.ts';

/**
 * Puts the endpoints of each provider in its place, in an order that is drawn by their weights: what the provider is given is
 * shared so under every strategy. The others follow the first at once, for when only the account or address has failed.
 */
export function dealEndpoints<C extends Contender>(
  { scored, reason, confidence, propensity }: Ranking<EndpointMix<C>>,
  seed: bigint,
): Ranking<C> {
  const dealt = scored.flatMap(({ contender: { members }, score }) =>
    drawn(members, seed).map(({ member, share }) => ({ contender: member, score, share })),
  );
  const [first] = dealt;
  const count = scored[0]?.contender.members.length ?? 0;
  const endpoint = first?.contender.endpoint;
  const among =
    count === 1 ? 'its only endpoint that fits' : `drawn by weight from ${count} endpoints that fit`;
  return {
    scored: dealt.map(({ contender, score }) => ({ contender, score })),
    reason: endpoint === undefined ? reason : `${reason}; by ${endpoint.id}, ${among}`,
    confidence,
    propensity: propensity * (first?.share ?? 1),
  };
}

interface Drawn<C> {
  readonly member: C;
  readonly share: number;
}

/** Members in the order in which their exponential clocks ring, as under `weighted`; those of weight 0 last. */
function drawn<C extends Contender>(members: readonly C[], seed: bigint): Drawn<C>[] {
  const [only] = members;
  if (members.length === 1 && only !== undefined) return [{ member: only, share: 1 }];
  const shares = sharesOf(members);
  return members
    .map((member, i) => {
      const share = shares[i] ?? 0;
      const at = share === 0 ? Number.POSITIVE_INFINITY : -Math.log(1 - drawFor(member.key, seed)) / share;
      return { member, share, at };
    })
    .sort((a, b) => (a.at === b.at ? Number(a.member.key > b.member.key) || -1 : a.at - b.at));
}

/**
 * A number for one endpoint and request, from 0 to below 1. It depends on no other endpoint, nor on what the strategy draws, so
 * the order is the same whoever else is looked at.
 */
const drawFor = (key: string, seed: bigint): number => seededRandom(seed ^ hashOf(key))();

/** FNV-1a from two starts, for 64 bits; the generator mixes them. */
function hashOf(text: string): bigint {
  let high = 0x811c9dc5;
  let low = 0x01000193;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x01000193);
  }
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}
