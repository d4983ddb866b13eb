import { Purpose, StickyKey, Strategy } from '@switchyard/contracts/routing';
import type { Envelope } from '@switchyard/llm';
import { strategyOfAutoName } from '../pool/auto-names.ts';
import { assignVariant } from './assign-variant.ts';
import { groupOf, isSticky } from './group-of.ts';
import type { ExperimentIndex, SnapshotExperiment } from './index-experiments.ts';

/** The variant of an experiment that a request was given. */
export interface GivenVariant {
  /** Id of the experiment. */
  readonly experiment: string;
  /** Name of the variant. */
  readonly variant: string;
}

/** Which variant of which experiment a request counts for. */
export interface Assignment extends GivenVariant {
  /** Its owner; '' for the installation. */
  readonly owner: string;
  /** What it is counted with: requests of one key are in one group. 0 where each request is drawn for itself. */
  readonly group: number;
}

/** Where a request is sent to. */
export interface Division {
  /** The model name to resolve: the variant's, or the request's own. */
  readonly model: string;
  /** undefined where no experiment says who answers for the request's name. */
  readonly given: GivenVariant | undefined;
  /** undefined where it is not counted: what was promoted no longer is. */
  readonly assignment: Assignment | undefined;
}

/** For whom a request is divided, and by what. */
export interface DivisionContext {
  readonly experiments: ExperimentIndex;
  /** The tenant that asks. */
  readonly tenant: string;
  /** What the assignment is drawn from where nothing makes it stick. */
  readonly requestId: string;
}

/**
 * The model name that a request is sent to. The tenant's own experiment comes before the installation's, and a variant's model is
 * not divided again. A probe measures what it names, and a kind of task says by itself who serves: nothing divides these.
 */
export function divideRequest(
  request: Envelope,
  { experiments, tenant, requestId }: DivisionContext,
): Division {
  const { model } = request;
  const ofModel = experiments.get(model);
  // One look, and no more, where there are no experiments.
  if (ofModel === undefined || !isDivisible(request))
    return { model, given: undefined, assignment: undefined };
  const experiment = ofModel.get(tenant) ?? ofModel.get('');
  if (experiment === undefined) return { model, given: undefined, assignment: undefined };
  const { id, tenant: owner, promoted, stickyBy, variants } = experiment;
  if (promoted !== undefined) {
    const given = { experiment: id, variant: promoted.name };
    return { model: promoted.model, given, assignment: undefined };
  }
  const value = stickyValue(request, experiment);
  // The agent "support" of one tenant is not the agent "support" of another.
  const key = value === '' ? requestId : `${tenant}\n${value}`;
  const draw = `${owner}/${id}`;
  const { name, model: chosen } = assignVariant(draw, key, variants);
  const group = isSticky(stickyBy) ? groupOf(draw, key) : 0;
  const assignment = { experiment: id, owner, variant: name, group };
  return { model: chosen, given: assignment, assignment };
}

/** The request as its variant has it. A variant that is a strategy by itself (`auto:cheapest`) comes before the request's own. */
export function withModelOf(request: Envelope, { model }: Division): Envelope {
  if (model === request.model) return request;
  const strategy = strategyOfAutoName(model) === undefined ? request.strategy : Strategy.UNSPECIFIED;
  return { ...request, model, strategy };
}

const isDivisible = ({ purpose, requirements }: Envelope): boolean =>
  purpose !== Purpose.PROBE && (requirements?.taskType ?? '') === '';

/** '' where there is nothing to stick to. */
function stickyValue(
  { context, user, labels }: Envelope,
  { stickyBy, stickyLabel }: SnapshotExperiment,
): string {
  switch (stickyBy) {
    case StickyKey.AGENT:
      return context?.agent ?? '';
    case StickyKey.WORKFLOW:
      return context?.workflow ?? '';
    case StickyKey.SERVICE:
      return context?.service ?? '';
    case StickyKey.USER:
      return user;
    case StickyKey.LABEL:
      return Object.hasOwn(labels, stickyLabel) ? (labels[stickyLabel] ?? '') : '';
    // Also what a newer version may know: each request is drawn for itself.
    default:
      return '';
  }
}
