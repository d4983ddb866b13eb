import { type Clock, unreachable } from '@switchyard/kernel';
import { chooseProbeModel, type ProbeModel } from '../domain/probe-model.ts';
import type { ProviderName } from '../domain/provider-key.ts';
import { adviceFor } from '../domain/provider-tests/advice.ts';
import { failed, type ProviderTest, type Verdict } from '../domain/provider-tests/provider-test.ts';
import type { Suite } from '../domain/provider-tests/test-suite.ts';
import type { Routing } from '../ports.ts';

/** How a test ended. */
export interface SuiteResult {
  readonly test: string;
  readonly outcome: 'passed' | 'failed' | 'unsupported';
  /** '' where none was called. */
  readonly model: string;
  readonly durationMs: number | undefined;
  readonly costNanoUsd: bigint | undefined;
  readonly detail: string;
  /** '' where it passed. */
  readonly advice: string;
  readonly requestId: string;
}

/** What a suite is run on. */
export interface SuiteRun extends ProviderName {
  readonly suite: Suite;
  readonly models: readonly ProbeModel[];
  /** Models that answered lately. */
  readonly proven: ReadonlySet<string>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly routing: Routing;
  readonly clock: Clock;
}

/** Tests of one provider at once: enough to be quick, too few to run into its limits. */
const CONCURRENCY = 4;

/** Makes the tests of a suite, a few at once, and gives each result as it comes. */
export async function* runSuite(run: SuiteRun): AsyncGenerator<SuiteResult> {
  const waiting = [...run.suite];
  const underWay = new Map<string, Promise<SuiteResult>>();
  for (;;) {
    while (underWay.size < CONCURRENCY && !run.signal.aborted) {
      const test = waiting.shift();
      if (test === undefined) break;
      underWay.set(test.name, runTest(test, run));
    }
    if (underWay.size === 0) return;
    const result = await Promise.race(underWay.values());
    underWay.delete(result.test);
    yield result;
  }
}

async function runTest(test: ProviderTest, run: SuiteRun): Promise<SuiteResult> {
  const { tenant, provider, models, proven, timeoutMs, signal, routing, clock } = run;
  const chosen = chooseProbeModel(models, { needs: test.needs, proven, unfit: NOTHING });
  if (chosen === undefined) {
    const missing = test.needs.filter(
      (need) => !models.some(({ capabilities }) => capabilities.includes(need)),
    );
    const what = missing.length === 0 ? test.needs : missing;
    return unsupported(
      test.name,
      `none of its models has ${what.join(' and ')}`,
      'where that is wrong, state the capability of the model in the provider',
    );
  }
  const startedAtMs = clock.monotonicMs();
  const result = await routing.test({ tenant, provider, model: chosen.model, test, timeoutMs, signal });
  const called = { test: test.name, model: chosen.model, durationMs: clock.monotonicMs() - startedAtMs };
  switch (result.kind) {
    case 'answered': {
      const { verdict, costNanoUsd, requestId } = result;
      return { ...called, ...said(verdict), costNanoUsd, requestId };
    }
    case 'failed': {
      const { message: detail, requestId } = result;
      const verdict = test.judgeFailure?.(result) ?? failed(detail, adviceFor(result));
      return { ...called, ...said(verdict), costNanoUsd: undefined, requestId };
    }
    default:
      return unreachable(result);
  }
}

const said = ({ kind: outcome, ...verdict }: Verdict) => ({ advice: '', ...verdict, outcome });

const NOTHING: ReadonlySet<string> = new Set();

const unsupported = (...[test, detail, advice]: [string, string, string]): SuiteResult => ({
  ...{ test, detail, advice, outcome: 'unsupported', model: '', requestId: '' },
  durationMs: undefined,
  costNanoUsd: undefined,
});
