import {
  type Experiment,
  ExperimentMetric,
  ExperimentState,
  type ExperimentVariant,
  StickyKey,
} from '@switchyard/contracts/routing';
import { type FieldViolation, isTenantForm, TENANT_RULE } from '@switchyard/kernel';
import type { Check } from '../request/validate-requirements.ts';

/** What an experiment's owner sees beside the experiment. */
export interface ExperimentSurroundings {
  /** Whether the owner's requests may ask for a model name now. */
  readonly isKnown: (model: string) => boolean;
  /** Names that may have been meant by one that is not known. */
  readonly near: (model: string) => readonly string[];
  /** The other experiments, of the owner and of the installation. */
  readonly experiments: readonly Experiment[];
}

const MIN_VARIANTS = 2;
const MAX_VARIANTS = 8;
const MAX_WEIGHT = 1_000_000;
const MAX_SIGNIFICANCE = 0.5;
const NAME = /^[a-z0-9_-]{1,64}$/;
const NAME_RULE = 'must have 1 to 64 characters of a-z 0-9 - _';

/** Everything that is wrong with an experiment, by field; empty where it is in order. */
export function validateExperiment(
  experiment: Experiment,
  surroundings: ExperimentSurroundings,
): FieldViolation[] {
  const found: FieldViolation[] = [];
  const check: Check = (holds, field, description) => {
    if (!holds) found.push({ field: `experiment.${field}`, description });
  };
  const { id, tenant, description, model } = experiment;
  check(NAME.test(id), 'id', NAME_RULE);
  check(tenant === '' || isTenantForm(tenant), 'tenant', TENANT_RULE);
  check(description.length <= 1_024, 'description', 'must have at most 1024 characters');
  checkModel(model, { field: 'model', surroundings }, check);
  checkVariants(experiment, surroundings, check);
  checkStickiness(experiment, check);
  checkTest(experiment, check);
  return found;
}

function checkVariants(experiment: Experiment, surroundings: ExperimentSurroundings, check: Check): void {
  const { variants } = experiment;
  const { length } = variants;
  check(
    length >= MIN_VARIANTS && length <= MAX_VARIANTS,
    'variants',
    `must be ${MIN_VARIANTS} to ${MAX_VARIANTS}`,
  );
  const bounded = variants.slice(0, MAX_VARIANTS);
  bounded.forEach((variant, i) => {
    const field = `variants[${i}]`;
    check(NAME.test(variant.name), `${field}.name`, NAME_RULE);
    const first = bounded.findIndex(({ name }) => name === variant.name);
    check(first === i, `${field}.name`, `${variant.name} is a variant already`);
    check(
      Number.isInteger(variant.weight) && variant.weight >= 0 && variant.weight <= MAX_WEIGHT,
      `${field}.weight`,
      `must be from 0 to ${MAX_WEIGHT}`,
    );
    checkModel(variant.model, { field: `${field}.model`, surroundings }, check);
    checkNotDivided(variant, { experiment, field: `${field}.model`, surroundings }, check);
  });
  check(
    bounded.length === 0 || bounded.some(({ weight }) => weight > 0),
    'variants',
    'have a weight of 0 each; at least one must be above 0',
  );
}

interface FieldContext {
  readonly field: string;
  readonly surroundings: ExperimentSurroundings;
}

function checkModel(model: string, { field, surroundings }: FieldContext, check: Check): void {
  const fits = model.length > 0 && model.length <= 256;
  check(fits, field, 'must have 1 to 256 characters: a pool, a model id, provider/model, or auto');
  if (!fits || surroundings.isKnown(model)) return;
  const near = surroundings.near(model);
  const meant = near.length === 0 ? '' : `; near it: ${near.join(', ')}`;
  check(false, field, `no configured provider offers the model ${model}, and no pool is called so${meant}`);
}

/** Whoever reads the name would expect the other experiment's answer, but no request is divided twice. */
function checkNotDivided(
  { model }: ExperimentVariant,
  { experiment, field, surroundings }: FieldContext & { readonly experiment: Experiment },
  check: Check,
): void {
  // The name itself, undivided, is what most experiments compare with.
  if (model === experiment.model) return;
  const other = surroundings.experiments.find(
    (one) =>
      one.model === model &&
      (one.state === ExperimentState.RUNNING || one.state === ExperimentState.PROMOTED),
  );
  check(
    other === undefined,
    field,
    `${model} is divided by the experiment ${other?.id}, and no request is divided twice; name what is to answer`,
  );
}

function checkStickiness({ stickyBy, stickyLabel }: Experiment, check: Check): void {
  check(isOneOf(StickyKey, stickyBy), 'sticky_by', `must be one of ${namesOf(StickyKey, 'STICKY_KEY_')}`);
  if (stickyBy === StickyKey.LABEL)
    check(
      stickyLabel.length > 0 && stickyLabel.length <= 128,
      'sticky_label',
      'must have 1 to 128 characters: the label that STICKY_KEY_LABEL sticks to',
    );
  else check(stickyLabel === '', 'sticky_label', 'is for STICKY_KEY_LABEL only; leave it out');
}

function checkTest({ metric, significance }: Experiment, check: Check): void {
  const metrics = namesOf(ExperimentMetric, 'EXPERIMENT_METRIC_');
  check(isOneOf(ExperimentMetric, metric), 'metric', `must be one of ${metrics}`);
  check(
    significance === undefined || (significance > 0 && significance <= MAX_SIGNIFICANCE),
    'significance',
    `must be above 0 and at most ${MAX_SIGNIFICANCE}`,
  );
}

/** An enum as it is generated: name → number. */
type Enum = Readonly<Record<string, string | number>>;

const UNRECOGNIZED = -1;

const isOneOf = (all: Enum, value: number): boolean =>
  value !== UNRECOGNIZED && Object.values(all).includes(value);

const namesOf = (all: Enum, prefix: string): string =>
  Object.entries(all)
    .filter(([, value]) => typeof value === 'number' && value > 0)
    .map(([name]) => `${prefix}${name}`)
    .join(', ');
