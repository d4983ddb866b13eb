import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AlertCondition, isOrdered, judgeValue, type Verdict } from './alert-condition.ts';
import { type AlertEvent, type AlertPhase, QUIET, stepAlert } from './alert-phase.ts';

const ERRORS: AlertCondition = { bad: 'from', threshold: 0.5, resolveThreshold: 0.2 };
const AVAILABLE: AlertCondition = { bad: 'below', threshold: 0.9, resolveThreshold: 0.99 };

test.each<[AlertCondition, number | undefined, Verdict]>([
  [ERRORS, 0.5, 'bad'],
  [ERRORS, 0.49, 'between'],
  [ERRORS, 0.2, 'between'],
  [ERRORS, 0.19, 'good'],
  [ERRORS, undefined, 'unknown'],
  [ERRORS, Number.NaN, 'unknown'],
  [AVAILABLE, 0.89, 'bad'],
  [AVAILABLE, 0.9, 'between'],
  [AVAILABLE, 0.989, 'between'],
  [AVAILABLE, 0.99, 'good'],
])('H6: of %o the value %s is %s', (condition, value, verdict) => {
  expect(judgeValue(value, condition)).toBe(verdict);
});

test('H6: thresholds that leave no place between bad and good, or cross, are told apart', () => {
  expect(isOrdered({ ...ERRORS, resolveThreshold: 0.5 })).toBe(true);
  expect(isOrdered({ ...ERRORS, resolveThreshold: 0.51 })).toBe(false);
  expect(isOrdered({ ...AVAILABLE, resolveThreshold: 0.89 })).toBe(false);
});

const TIMING = { forMs: 30, resolveForMs: 20 };

/** What is told of values that come every ten milliseconds. */
function told(
  verdicts: readonly Verdict[],
  timing = TIMING,
): { readonly atMs: number; readonly event: AlertEvent }[] {
  const events: { atMs: number; event: AlertEvent }[] = [];
  let phase: AlertPhase = QUIET;
  for (const [index, verdict] of verdicts.entries()) {
    const nowMs = index * 10;
    const step = stepAlert(phase, verdict, { ...timing, nowMs });
    phase = step.phase;
    if (step.event !== undefined) events.push({ atMs: nowMs, event: step.event });
  }
  return events;
}

const LETTERS: Readonly<Record<string, Verdict>> = { b: 'bad', g: 'good', '-': 'between', '?': 'unknown' };
const verdictsOf = (text: string): Verdict[] => [...text].map((letter) => LETTERS[letter] as Verdict);

test.each<[string, string, readonly string[]]>([
  ['bad for too short', 'bbbg', []],
  ['bad for long enough', 'bbbb', ['fired 30']],
  ['bad for long, told once', 'bbbbbbbb', ['fired 30']],
  ['a break begins the wait anew', 'bb-bbb-bbbb', ['fired 100']],
  ['nothing known is a break, too', 'bbb?bbb', []],
  ['good for too short', 'bbbbggb', ['fired 30']],
  ['good for long enough', 'bbbbggg', ['fired 30', 'resolved 60']],
  ['between bad and good it goes on', 'bbbbgg-gg-gggg', ['fired 30', 'resolved 120']],
  ['nothing known does not end it', 'bbbbgg?gg???', ['fired 30']],
  ['it fires again', 'bbbbgggbbbb', ['fired 30', 'resolved 60', 'fired 100']],
])('H6: %s', (_, verdicts, expected) => {
  expect(told(verdictsOf(verdicts)).map(({ atMs, event }) => `${event} ${atMs}`)).toEqual(expected);
});

test('H6: without durations it fires and ends at once', () => {
  expect(told(verdictsOf('bgb'), { forMs: 0, resolveForMs: 0 }).map(({ event }) => event)).toEqual([
    'fired',
    'resolved',
    'fired',
  ]);
});

const anyVerdicts = fc.array(fc.constantFrom<Verdict>('bad', 'between', 'good', 'unknown'), {
  maxLength: 200,
});
const anyTiming = fc.record({
  forMs: fc.integer({ min: 0, max: 80 }),
  resolveForMs: fc.integer({ min: 0, max: 80 }),
});

test('H6: an alert never fires before it was bad for its whole duration, nor ends before it was good for its own', () => {
  fc.assert(
    fc.property(anyVerdicts, anyTiming, (verdicts, timing) => {
      for (const { atMs, event } of told(verdicts, timing)) {
        const [needed, wanted] = event === 'fired' ? [timing.forMs, 'bad'] : [timing.resolveForMs, 'good'];
        const first = atMs / 10 - Math.ceil(needed / 10);
        expect(first).toBeGreaterThanOrEqual(0);
        expect(new Set(verdicts.slice(first, atMs / 10 + 1))).toEqual(new Set([wanted]));
      }
    }),
  );
});

test('H6: firing and resolved take turns, firing first', () => {
  fc.assert(
    fc.property(anyVerdicts, anyTiming, (verdicts, timing) => {
      const events = told(verdicts, timing).map(({ event }) => event);
      expect(events).toEqual(events.map((_, index) => (index % 2 === 0 ? 'fired' : 'resolved')));
    }),
  );
});

test('H6: a value that swings within the hysteresis neither fires nor resolves anything', () => {
  const within = fc.array(fc.double({ min: 0.2, max: 0.499, noNaN: true }), { maxLength: 100 });
  fc.assert(
    fc.property(within, (values) => {
      const swing = values.map((value) => judgeValue(value, ERRORS));
      expect(told(swing)).toEqual([]);
      expect(told([...verdictsOf('bbbb'), ...swing])).toHaveLength(1);
    }),
  );
});
