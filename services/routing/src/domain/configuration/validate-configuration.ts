import type { Experiment, Pool, Provider } from '@switchyard/contracts/routing';
import type { FieldViolation } from '@switchyard/kernel';
import { validatePolicy } from '../policy/validate-policy.ts';
import { type PoolSurroundings, validatePool } from '../pool/validate-pool.ts';
import type { HostRules } from '../provider/base-url.ts';
import { validateProvider } from '../provider/validate-provider.ts';
import { Suggestions } from '../request/suggestions.ts';
import { type ConfiguredObjects, objectKey, objectsOf } from './configured-object.ts';
import { type ExperimentsContext, validateExperimentIn } from './validate-experiments.ts';

/** What a configuration that is to be applied is checked with. */
export interface ConfigurationContext extends ExperimentsContext {
  readonly hosts: HostRules;
  /** Owners of whom objects may be given: '' for the installation. */
  readonly scope: ReadonlySet<string>;
  /** What the owner of a pool sees beside it. */
  readonly surroundingsOf: (pool: Pool) => PoolSurroundings;
}

const MAX_OBJECTS = 1_000;
/** Enough is wrong: no more is looked for. */
const MAX_VIOLATIONS = 100;

/**
 * Everything that is wrong with a configuration, by its place in it ("pools[1].members[0].provider"), the first 100; empty where
 * it is in order.
 */
export function validateConfiguration(
  wanted: ConfiguredObjects,
  context: ConfigurationContext,
): FieldViolation[] {
  const { providers, pools, policies, experiments } = wanted;
  const tooMany = Object.entries({ providers, pools, policies, experiments })
    .filter(([, { length }]) => length > MAX_OBJECTS)
    .map(([field]) => ({ field, description: `must be at most ${MAX_OBJECTS}` }));
  if (tooMany.length > 0) return tooMany;
  const found = [...strangers(wanted, context), ...duplicates(wanted), ...takenIds(wanted, context)];
  const at = (place: string, violations: readonly FieldViolation[]): FieldViolation[] =>
    violations.map(({ field, description }) => ({ field: field.replace(/^[a-z]+/, place), description }));
  // All pools share their suggestions: others wait for the check.
  const suggestions = new Suggestions();
  const checks = [
    ...providers.map((one, i) => () => at(`providers[${i}]`, validateProvider(one, context.hosts))),
    ...pools.map(
      (one, i) => () => at(`pools[${i}]`, validatePool(one, { ...context.surroundingsOf(one), suggestions })),
    ),
    ...policies.map((one, i) => () => at(`policies[${i}]`, validatePolicy(one))),
    ...experiments.map((one, i) => () => at(`experiments[${i}]`, validateExperimentIn(one, context))),
  ];
  for (const check of checks) {
    if (found.length >= MAX_VIOLATIONS) break;
    found.push(...check());
  }
  return found.slice(0, MAX_VIOLATIONS);
}

/** Objects of whom the caller may not say anything, or not with these words. */
function strangers(wanted: ConfiguredObjects, { scope }: ConfigurationContext): FieldViolation[] {
  const allowed = [...scope].map((tenant) => (tenant === '' ? 'none (the installation)' : tenant));
  return placesOf(wanted)
    .filter(({ object }) => !scope.has(object.value.tenant))
    .map(({ place }) => ({ field: `${place}.tenant`, description: `must be ${allowed.join(' or ')}` }));
}

function duplicates(wanted: ConfiguredObjects): FieldViolation[] {
  const seen = new Set<string>();
  return placesOf(wanted).flatMap(({ object, place }) => {
    const key = objectKey(object);
    const isTwice = seen.has(key);
    seen.add(key);
    return isTwice
      ? [{ field: `${place}.${object.kind === 'policy' ? 'tenant' : 'id'}`, description: 'is given twice' }]
      : [];
  });
}

/** A tenant takes no id of the installation's. */
function takenIds(wanted: ConfiguredObjects, { result }: ConfigurationContext): FieldViolation[] {
  const taken = (objects: readonly (Provider | Pool | Experiment)[]) =>
    new Set(objects.flatMap(({ id, tenant }) => (tenant === '' ? [id] : [])));
  const ids = {
    provider: taken(result.providers),
    pool: taken(result.pools),
    experiment: taken(result.experiments),
  };
  return placesOf(wanted).flatMap(({ object, place }) => {
    if (object.kind === 'policy' || object.value.tenant === '' || !ids[object.kind].has(object.value.id))
      return [];
    return [
      {
        field: `${place}.id`,
        description: `is the id of ${object.kind === 'experiment' ? 'an' : 'a'} ${object.kind} of the installation; take another one`,
      },
    ];
  });
}

function placesOf(wanted: ConfiguredObjects) {
  const counts = { provider: 0, pool: 0, policy: 0, experiment: 0 };
  const lists = {
    provider: 'providers',
    pool: 'pools',
    policy: 'policies',
    experiment: 'experiments',
  };
  return objectsOf(wanted).map((object) => ({
    object,
    place: `${lists[object.kind]}[${counts[object.kind]++}]`,
  }));
}
