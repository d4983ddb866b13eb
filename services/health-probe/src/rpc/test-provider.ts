import {
  TestOutcome,
  type TestProviderRequest,
  type TestProviderResponse,
  TestSuite,
} from '@switchyard/contracts/health';
import { type Clock, invalidArgument } from '@switchyard/kernel';
import { actingTenant, type StreamHandler } from '@switchyard/service-kit';
import { FULL, namesOf, QUICK, type Suite } from '../domain/provider-tests/test-suite.ts';
import { modelNotOffered, providerNotFound, testNotAllowed, tooManyTests } from '../errors.ts';
import type { Routing } from '../ports.ts';
import type { HealthTable } from '../runtime/health-table.ts';
import type { ObservedProviders } from '../runtime/observed-providers.ts';
import { runSuite, type SuiteResult } from '../runtime/run-suite.ts';

/** Suites that run at once at this replica; each makes a few calls at once. */
const MAX_SUITES = 8;
const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_TIMEOUT_MS = 120_000;

/** What tests are made with. */
export interface TestingParts {
  readonly table: HealthTable;
  readonly observed: ObservedProviders;
  readonly routing: Routing;
  readonly clock: Clock;
}

/** Tests a provider: the plan first, then each result as it comes. */
export function testProvider({
  table,
  observed,
  routing,
  clock,
}: TestingParts): StreamHandler<TestProviderRequest, TestProviderResponse> {
  let running = 0;
  return async function* (request, { principal, signal }) {
    const { provider, model } = request;
    const suite = suiteOf(request.suite);
    const timeoutMs = readTimeout(request);
    if (provider === '') throw invalidArgument({ field: 'provider', description: 'is required' });
    const tenant = request.tenant === '' ? '' : actingTenant(principal, request.tenant);
    if (table.get({ tenant, provider }) === undefined) throw providerNotFound();
    // The owner of a provider pays for its tests.
    if (tenant === '' && !principal.installation) throw testNotAllowed();
    if (running >= MAX_SUITES) throw tooManyTests(MAX_SUITES);
    running += 1;
    try {
      const offered = await routing.listModels({ tenant, provider });
      const models = offered.filter((one) => model === '' || one.model === model);
      if (model !== '' && models.length === 0) throw modelNotOffered();
      const proven = observed.windowsOf({ tenant, provider }).provenModels(clock.monotonicMs());
      yield { event: { $case: 'plan', value: { provider, tests: namesOf(suite) } } };
      const run = { tenant, provider, suite, models, proven, timeoutMs, signal, routing, clock };
      for await (const result of runSuite(run)) yield resultMessage(provider, result);
    } finally {
      running -= 1;
    }
  };
}

const SUITES: ReadonlyMap<TestSuite, Suite> = new Map([
  [TestSuite.UNSPECIFIED, QUICK],
  [TestSuite.QUICK, QUICK],
  [TestSuite.FULL, FULL],
]);

function suiteOf(asked: TestSuite): Suite {
  const suite = SUITES.get(asked);
  if (suite !== undefined) return suite;
  throw invalidArgument({ field: 'suite', description: 'must be TEST_SUITE_QUICK or TEST_SUITE_FULL' });
}

function readTimeout({ testTimeout }: TestProviderRequest): number {
  if (testTimeout === undefined) return DEFAULT_TIMEOUT_MS;
  const timeoutMs = Number(testTimeout.seconds) * 1_000 + testTimeout.nanos / 1e6;
  if (timeoutMs >= 1_000 && timeoutMs <= MAX_TIMEOUT_MS) return timeoutMs;
  throw invalidArgument({ field: 'test_timeout', description: 'must be from 1 s to 120 s' });
}

const OUTCOMES = {
  passed: TestOutcome.PASSED,
  failed: TestOutcome.FAILED,
  unsupported: TestOutcome.UNSUPPORTED,
} as const;

const resultMessage = (provider: string, result: SuiteResult): TestProviderResponse => ({
  event: { $case: 'result', value: { ...result, provider, outcome: OUTCOMES[result.outcome] } },
});
