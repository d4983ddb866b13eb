import { type Experiment, ExperimentState } from '@switchyard/contracts/routing';
import { type FieldViolation, unreachable } from '@switchyard/kernel';
import {
  promoteVariant,
  type StateChange,
  startExperiment,
  stopExperiment,
} from '../experiment/change-state.ts';
import { draftOf } from '../experiment/draft-of.ts';
import { objectKey, writtenFields } from './configured-object.ts';

/** Experiments as they will be, in the order of the wishes, and what of the wishes cannot be, by place ("experiments[1].state"). */
export interface SettledExperiments {
  readonly experiments: readonly Experiment[];
  readonly refused: readonly FieldViolation[];
}

/** What there is, and the time. */
export interface SettleContext {
  readonly current: readonly Experiment[];
  readonly now: Date;
}

/** Works out what becomes of experiments whose state is a wish: what the RPCs that start, stop and promote would make of them. */
export function settleExperiments(
  wished: readonly Experiment[],
  { current, now }: SettleContext,
): SettledExperiments {
  const there = new Map(current.map((one) => [keyOf(one), one]));
  const refused: FieldViolation[] = [];
  const experiments = wished.map((wish, i) => {
    const before = there.get(keyOf(wish));
    const refuse = (field: string, description: string) =>
      refused.push({ field: `experiments[${i}].${field}`, description });
    if (wish.state !== ExperimentState.PROMOTED && wish.promoted !== '')
      refuse('promoted', 'is for state promoted only; leave it out, or set the state');
    if (before === undefined) return beginIn(wish, now, refuse);
    refuseFrozen(before, wish, refuse);
    return moveTo(wish, { before, now, refuse });
  });
  return { experiments, refused };
}

type Refuse = (field: string, description: string) => void;

const keyOf = (value: Experiment): string => objectKey({ kind: 'experiment', value });

/** A new one may be in any state: what was exported is the same elsewhere. */
function beginIn(wish: Experiment, now: Date, refuse: Refuse): Experiment {
  const draft = draftOf(wish);
  const running = { ...draft, state: ExperimentState.RUNNING, startedAt: now };
  const ended = { ...running, endedAt: now };
  switch (wish.state) {
    case ExperimentState.RUNNING:
      return running;
    case ExperimentState.STOPPED:
      return { ...ended, state: ExperimentState.STOPPED };
    case ExperimentState.PROMOTED:
      checkPromoted(wish, refuse);
      return { ...ended, state: ExperimentState.PROMOTED, promoted: wish.promoted };
    case ExperimentState.UNSPECIFIED:
    case ExperimentState.DRAFT:
      return draft;
    case ExperimentState.UNRECOGNIZED:
      refuse('state', STATES);
      return draft;
    default:
      return unreachable(wish.state);
  }
}

const STATES = 'must be draft, running, stopped or promoted';

/** What answers and what was counted belong together. */
function refuseFrozen(before: Experiment, wish: Experiment, refuse: Refuse): void {
  if (before.state === ExperimentState.DRAFT) return;
  const fieldsOf = (value: Experiment) => writtenFields({ kind: 'experiment', value: draftOf(value) });
  const [old, now] = [fieldsOf(before), fieldsOf(wish)];
  for (const name of new Set([...old.keys(), ...now.keys()]))
    if (name !== 'description' && old.get(name) !== now.get(name))
      refuse(
        name,
        `cannot be changed: the experiment ${before.id} has been started, and its results are of ${old.get(name) ?? 'the default'}; leave it as it was, or stop it and add another one under a new id`,
      );
}

interface Move extends SettleContextOfOne {
  readonly refuse: Refuse;
}

interface SettleContextOfOne {
  readonly before: Experiment;
  readonly now: Date;
}

function moveTo(wish: Experiment, { before, now, refuse }: Move): Experiment {
  const { state, promoted, startedAt, endedAt } = before;
  const same = { ...draftOf(wish), state, promoted, startedAt, endedAt };
  if (wish.state === ExperimentState.UNSPECIFIED) return same;
  if (wish.state === ExperimentState.PROMOTED) checkPromoted(wish, refuse);
  if (wish.state === state && wish.promoted === promoted) return same;
  const change = changeTo(wish, { before: same, now });
  if (change.kind === 'changed') return change.experiment;
  refuse('state', `the experiment ${before.id} ${change.why}`);
  return same;
}

function changeTo(wish: Experiment, { before, now }: SettleContextOfOne): StateChange {
  switch (wish.state) {
    case ExperimentState.RUNNING:
      return startExperiment(before, now);
    case ExperimentState.STOPPED:
      return stopExperiment(before, now);
    case ExperimentState.PROMOTED:
      return promoteVariant(before, { variant: wish.promoted, now });
    case ExperimentState.DRAFT:
      return {
        kind: 'refused',
        why: 'has been started and is a draft no more; leave state out, or add another one under a new id',
      };
    case ExperimentState.UNSPECIFIED:
    case ExperimentState.UNRECOGNIZED:
      return { kind: 'refused', why: `stays as it is: its state ${STATES}` };
    default:
      return unreachable(wish.state);
  }
}

function checkPromoted({ promoted, variants }: Experiment, refuse: Refuse): void {
  const names = variants.map(({ name }) => name);
  if (!names.includes(promoted))
    refuse('promoted', `must be one of its variants with state promoted: ${names.slice(0, 8).join(', ')}`);
}
