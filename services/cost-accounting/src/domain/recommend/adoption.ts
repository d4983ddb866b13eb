import {
  Configuration,
  Experiment,
  ExperimentState,
  ExperimentVariant,
  Pool,
  PoolMember,
  Strategy,
} from '@switchyard/contracts/routing';
import type { Offer } from './offer.ts';

/** Where requests are sent in place of where they go now. */
export interface Adoption {
  /** Of the recommendation. */
  readonly id: string;
  /** Whose requests; '' for those of every tenant. */
  readonly tenant: string;
  readonly names: readonly string[];
  readonly present: Pick<Offer, 'provider' | 'model'>;
  readonly other: Pick<Offer, 'provider' | 'model'>;
  /** 'all' of the requests, or 'some' of them until somebody has seen whether the answers are as good. */
  readonly share: 'all' | 'some';
}

/** Weights of an adoption of some: one request in ten. */
const SOME = { present: 9, cheaper: 1 };

/**
 * The configuration that does it: a pool of the other offer with the present one behind it, should the other fail, and as what savings are told
 * against; and an experiment for each name that sends its requests there.
 */
export function adoptionOf({ id, tenant, names, present, other, share }: Adoption): Configuration {
  const pool = `saving-${id}`;
  const description = `recommendation ${id}: ${other.provider}/${other.model} for ${present.provider}/${present.model}`;
  const memberOf = ({ provider, model }: Pick<Offer, 'provider' | 'model'>, priority?: number) =>
    PoolMember.fromPartial({ provider, model, priority });
  return Configuration.fromPartial({
    pools: [
      Pool.fromPartial({
        ...{ id: pool, tenant, description, strategy: Strategy.PRIORITY },
        members: [memberOf(other, 0), memberOf(present, 1)],
        baseline: memberOf(present),
      }),
    ],
    experiments: names.map((name, i) =>
      Experiment.fromPartial({
        ...{ id: `${pool}-${i + 1}`, tenant, description, model: name },
        variants: [
          ExperimentVariant.fromPartial({ name: 'present', model: name, weight: SOME.present }),
          ExperimentVariant.fromPartial({ name: 'cheaper', model: pool, weight: SOME.cheaper }),
        ],
        ...(share === 'all'
          ? { state: ExperimentState.PROMOTED, promoted: 'cheaper' }
          : { state: ExperimentState.RUNNING }),
      }),
    ),
  });
}
