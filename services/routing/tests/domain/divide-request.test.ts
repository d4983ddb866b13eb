import {
  CompleteRequest,
  Experiment,
  ExperimentState,
  Purpose,
  StickyKey,
  Strategy,
} from '@switchyard/contracts/routing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { divideRequest, withModelOf } from '../../src/domain/experiment/divide-request.ts';
import { indexExperiments } from '../../src/domain/experiment/index-experiments.ts';

type PartialExperiment = Parameters<typeof Experiment.fromPartial>[0];
type PartialRequest = Parameters<typeof CompleteRequest.fromPartial>[0];

const experiment = (change: PartialExperiment = {}): Experiment =>
  Experiment.fromPartial({
    id: 'e1',
    model: 'chat',
    variants: [
      { name: 'control', model: 'large', weight: 1 },
      { name: 'new', model: 'small', weight: 1 },
    ],
    state: ExperimentState.RUNNING,
    ...change,
  });

/** One whose variants' models tell whose it is. */
const namedAfter = (id: string, change: PartialExperiment = {}): Experiment =>
  experiment({ id, variants: [{ name: 'only', model: id, weight: 1 }], ...change });

let requests = 0;

function divide(
  experiments: readonly Experiment[],
  request: PartialRequest = {},
  { tenant = 'acme', requestId = `request-${requests++}` } = {},
) {
  const whole = CompleteRequest.fromPartial({ model: 'chat', ...request });
  return divideRequest(whole, { experiments: indexExperiments(experiments), tenant, requestId });
}

describe('who is divided', () => {
  test('requests for the name, into variants with their models', () => {
    for (let i = 0; i < 50; i++) {
      const { model, assignment } = divide([experiment()]);
      expect(assignment).toMatchObject({ experiment: 'e1', owner: '' });
      expect(model).toBe(assignment?.variant === 'control' ? 'large' : 'small');
    }
  });

  test('no other name, no probe, no kind of task, and nothing by what is not started or has been stopped', () => {
    expect(divide([experiment()], { model: 'other' })).toEqual({ model: 'other', assignment: undefined });
    const untouched = { model: 'chat', assignment: undefined };
    expect(divide([experiment()], { purpose: Purpose.PROBE })).toEqual(untouched);
    expect(divide([experiment()], { requirements: { taskType: 'chat' } })).toEqual(untouched);
    for (const state of [ExperimentState.DRAFT, ExperimentState.STOPPED])
      expect(divide([experiment({ state })])).toEqual(untouched);
  });

  test('a variant that is a strategy by itself comes before the request’s own; other variants leave it', () => {
    const { COST, UNSPECIFIED } = Strategy;
    const request = CompleteRequest.fromPartial({ model: 'auto', strategy: COST });
    const routed = (model: string) =>
      withModelOf(request, { model, given: undefined, assignment: undefined });
    expect(routed('auto:fastest')).toMatchObject({ model: 'auto:fastest', strategy: UNSPECIFIED });
    expect(routed('large')).toMatchObject({ model: 'large', strategy: COST });
    expect(routed('auto')).toBe(request);
  });

  test("a variant's model is not divided again", () => {
    const chained = [
      experiment({ variants: [{ name: 'only', model: 'large', weight: 1 }] }),
      namedAfter('e2', { model: 'large' }),
    ];
    expect(divide(chained)).toMatchObject({ model: 'large', assignment: { experiment: 'e1' } });
    const itself = [experiment({ variants: [{ name: 'only', model: 'chat', weight: 1 }] })];
    expect(divide(itself).model).toBe('chat');
  });
});

describe('precedence', () => {
  const own = namedAfter('own', { tenant: 'acme' });
  const ofAll = namedAfter('of-all');

  test("a tenant's own comes before the installation's, and divides nobody else's requests", () => {
    for (const order of [
      [own, ofAll],
      [ofAll, own],
    ]) {
      expect(divide(order).model).toBe('own');
      expect(divide(order, {}, { tenant: 'globex' }).model).toBe('of-all');
    }
    expect(divide([own], {}, { tenant: 'globex' }).model).toBe('chat');
  });

  const promoted = (id: string, endedAt: Date) =>
    namedAfter(id, { state: ExperimentState.PROMOTED, promoted: 'only', endedAt });

  test('the promoted variant answers alone and counts no longer', () => {
    const winner = experiment({ state: ExperimentState.PROMOTED, promoted: 'new' });
    for (let i = 0; i < 20; i++)
      expect(divide([winner])).toMatchObject({
        model: 'small',
        given: { variant: 'new' },
        assignment: undefined,
      });
  });

  test('a running one comes before a promoted one, and the latest promotion before earlier ones', () => {
    const early = promoted('early', new Date(1_000));
    const late = promoted('late', new Date(2_000));
    expect(divide([late, early]).model).toBe('late');
    expect(divide([early, late]).model).toBe('late');
    expect(divide([namedAfter('running'), late, early]).model).toBe('running');
  });
});

describe('what an assignment sticks to', () => {
  const sticky: [string, PartialExperiment, (value: string) => PartialRequest][] = [
    ['agent', { stickyBy: StickyKey.AGENT }, (agent) => ({ context: { agent } })],
    ['workflow', { stickyBy: StickyKey.WORKFLOW }, (workflow) => ({ context: { workflow } })],
    ['service', { stickyBy: StickyKey.SERVICE }, (service) => ({ context: { service } })],
    ['user', { stickyBy: StickyKey.USER }, (user) => ({ user })],
    ['label', { stickyBy: StickyKey.LABEL, stickyLabel: 'team' }, (team) => ({ labels: { team } })],
  ];
  const variantOf = (...args: Parameters<typeof divide>) => divide(...args).assignment?.variant;
  const names = Array.from({ length: 40 }, (_, i) => `name-${i}`);

  test.each(sticky)('%s: the same value gets the same variant, whatever the request', (_, change, ask) => {
    const running = [experiment(change)];
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (value) => {
        expect(variantOf(running, ask(value))).toBe(variantOf(running, ask(value)));
      }),
    );
    expect(new Set(names.map((name) => variantOf(running, ask(name)))).size).toBe(2);
  });

  test.each(sticky)('%s: requests without it are divided one by one', (_, change) => {
    expect(new Set(names.map(() => variantOf([experiment(change)]))).size).toBe(2);
  });

  test('a request by itself: its id decides, so a decision can be told again', () => {
    for (const requestId of names)
      expect(variantOf([experiment()], {}, { requestId })).toBe(variantOf([experiment()], {}, { requestId }));
  });

  test('the same name in another tenant is somebody else, and other experiments draw anew', () => {
    const byAgent = { stickyBy: StickyKey.AGENT };
    const drawn = (id: string, tenant: string) =>
      names
        .map((agent) => variantOf([experiment({ id, ...byAgent })], { context: { agent } }, { tenant }))
        .join();
    expect(new Set([drawn('e1', 'acme'), drawn('e1', 'globex'), drawn('e2', 'acme')]).size).toBe(3);
    expect(drawn('e1', 'acme')).toBe(drawn('e1', 'acme'));
  });

  test('requests of one key are counted in one group, drawn apart from the variant; others are independent', () => {
    const byAgent = [experiment({ stickyBy: StickyKey.AGENT })];
    const groupsOf = (variant: string) =>
      new Set(
        Array.from({ length: 400 }, (_, i) => divide(byAgent, { context: { agent: `a${i}` } }).assignment)
          .filter((assignment) => assignment?.variant === variant)
          .map((assignment) => assignment?.group),
      ).size;
    for (const variant of ['control', 'new']) expect(groupsOf(variant)).toBeGreaterThan(60);
    const again = () => divide(byAgent, { context: { agent: 'one' } }).assignment?.group;
    expect(again()).toBe(again());
    expect(divide([experiment()], { context: { agent: 'one' } }).assignment?.group).toBe(0);
  });

  test('a label that every object has is no label', () => {
    const running = [experiment({ stickyBy: StickyKey.LABEL, stickyLabel: 'toString' })];
    expect(new Set(names.map(() => variantOf(running))).size).toBe(2);
  });
});
