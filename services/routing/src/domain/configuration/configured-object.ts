import { Experiment, Policy, Pool, Provider } from '@switchyard/contracts/routing';
import { snakeCase } from '@switchyard/kernel';

/** The configuration's objects, without version. */
export interface ConfiguredObjects {
  readonly providers: readonly Provider[];
  readonly pools: readonly Pool[];
  readonly policies: readonly Policy[];
  readonly experiments: readonly Experiment[];
}

/** One object of the configuration. */
export type ConfiguredObject =
  | { readonly kind: 'provider'; readonly value: Provider }
  | { readonly kind: 'pool'; readonly value: Pool }
  | { readonly kind: 'policy'; readonly value: Policy }
  | { readonly kind: 'experiment'; readonly value: Experiment };

/** Which object it is: its kind, its tenant ('' for the installation's) and its id ('' for a policy). */
export const objectKey = ({ kind, value }: ConfiguredObject): string =>
  `${kind} ${value.tenant} ${'id' in value ? value.id : ''}`;

/** All objects: providers first, then pools, policies and experiments. */
export const objectsOf = ({
  providers,
  pools,
  policies,
  experiments,
}: ConfiguredObjects): ConfiguredObject[] => [
  ...providers.map((value) => ({ kind: 'provider' as const, value })),
  ...pools.map((value) => ({ kind: 'pool' as const, value })),
  ...policies.map((value) => ({ kind: 'policy' as const, value })),
  ...experiments.map((value) => ({ kind: 'experiment' as const, value })),
];

/** What the service sets, not the operator. */
const OWN_FIELDS = new Set(['id', 'tenant', 'etag', 'created_at', 'updated_at', 'started_at', 'ended_at']);

/** Values that say what is so without them. */
const SAME_AS_UNSET: Readonly<Record<string, unknown>> = {
  mode: 'PROVIDER_MODE_ENABLED',
  region: 'global',
  sticky_by: 'STICKY_KEY_REQUEST',
  metric: 'EXPERIMENT_METRIC_COST',
};

/** What an operator has set, by field name of the proto, as JSON; what has its default is left out. */
export function writtenFields(object: ConfiguredObject): ReadonlyMap<string, string> {
  const json = inSnakeCase(messageJson(object)) as Record<string, unknown>;
  return new Map(
    Object.entries(json)
      .filter(
        ([name, value]) => !OWN_FIELDS.has(name) && !(name in SAME_AS_UNSET && SAME_AS_UNSET[name] === value),
      )
      .map(([name, value]) => [name, JSON.stringify(value)]),
  );
}

function messageJson({ kind, value }: ConfiguredObject): unknown {
  switch (kind) {
    case 'provider':
      return Provider.toJSON({ ...value, headers: inOrder(value.headers) });
    case 'pool':
      return Pool.toJSON(value);
    case 'policy':
      return Policy.toJSON(value);
    case 'experiment':
      return Experiment.toJSON(value);
  }
}

/** A map says the same in any order. */
const inOrder = (map: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).sort());

/** Names of fields as in the proto, as documents and masks have them. */
function inSnakeCase(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(inSnakeCase);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [snakeCase(name), inSnakeCase(value)]),
  );
}
