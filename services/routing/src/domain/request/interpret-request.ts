import {
  type CompositeWeights,
  type Policy,
  Purpose,
  Requirements,
  Strategy,
} from '@switchyard/contracts/routing';
import type { FieldViolation } from '@switchyard/kernel';
import type { Envelope } from '@switchyard/llm';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { mergeRequirements, type RequirementsLayer } from './merge-requirements.ts';
import type { ModelSelector } from './needs.ts';
import { resolveModel } from './resolve-model.ts';

/** What a request asks for, once its pool and the policies have had their say. */
export interface AskedFor {
  readonly selector: ModelSelector;
  readonly requirements: Requirements;
  /** Whose they are made of. */
  readonly layers: readonly RequirementsLayer[];
  readonly strategy: Strategy;
  /** undefined: nobody states any. */
  readonly compositeWeights: CompositeWeights | undefined;
}

/** A request that is understood, that asks for what there cannot be, or that asks for what policy or pool rule out. */
export type InterpretedRequest =
  | ({ readonly kind: 'understood' } & AskedFor)
  | { readonly kind: 'invalid'; readonly violation: FieldViolation }
  | { readonly kind: 'conflict'; readonly conflicts: readonly FieldViolation[] };

/** For whom and by what a request is understood. */
export interface InterpretationScope {
  readonly tenant: string;
  readonly snapshot: Pick<Snapshot, 'pools' | 'policies'>;
  /** Where nobody says how to order candidates. */
  readonly defaultStrategy: Strategy;
}

/** Understands a request: its model's name, then the requirements and the strategy of request, pool, tenant and installation. */
export function interpretRequest(request: Envelope, scope: InterpretationScope): InterpretedRequest {
  const { tenant, snapshot, defaultStrategy } = scope;
  const named = resolveModel(request, scope);
  if (!named.ok) return { kind: 'invalid', violation: named.violation };
  const { selector } = named;
  const pool = selector.kind === 'pool' ? selector.pool : undefined;
  // Probes find out who works: policies are about who may serve, and must not make a provider look broken.
  const policies = request.purpose === Purpose.PROBE ? NO_POLICIES : snapshot.policies;
  const own = tenant === '' ? undefined : policies.get(tenant);
  const installation = policies.get('');
  const layers = layersOf({ request, pool, own, installation });
  const merged = mergeRequirements(layers);
  if (!merged.ok) return { kind: 'conflict', conflicts: merged.conflicts };
  const strategies = [
    request.strategy,
    named.strategy,
    pool?.strategy,
    own?.strategy,
    installation?.strategy,
  ];
  return {
    kind: 'understood',
    selector,
    requirements: merged.requirements,
    layers,
    strategy: strategies.find(isSet) ?? defaultStrategy,
    compositeWeights: pool?.compositeWeights ?? own?.compositeWeights ?? installation?.compositeWeights,
  };
}

const NO_POLICIES: ReadonlyMap<string, Policy> = new Map();

const isSet = (strategy: Strategy | undefined): strategy is Strategy =>
  strategy !== undefined && strategy !== Strategy.UNSPECIFIED;

function layersOf({
  request,
  pool,
  own,
  installation,
}: {
  readonly request: Envelope;
  readonly pool: { readonly id: string; readonly requirements: Requirements | undefined } | undefined;
  readonly own: Policy | undefined;
  readonly installation: Policy | undefined;
}): RequirementsLayer[] {
  const layers: RequirementsLayer[] = [
    { source: 'the request', requirements: request.requirements ?? Requirements.create() },
  ];
  const add = (source: string, requirements: Requirements | undefined) => {
    if (requirements !== undefined) layers.push({ source, requirements });
  };
  if (pool !== undefined) add(`the pool ${pool.id}`, pool.requirements);
  if (own !== undefined) add(`the policy of tenant ${own.tenant}`, own.requirements);
  if (installation !== undefined) add("the installation's policy", installation.requirements);
  return layers;
}
