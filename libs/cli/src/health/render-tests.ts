import { TestOutcome, type TestResult } from '@switchyard/contracts/health';
import { formatCost, formatDuration, UNKNOWN } from '../output/format.ts';
import { renderTable } from '../output/table.ts';
import { paint, type Tone, type View } from '../output/view.ts';

const WORDS: Readonly<Record<string, { readonly word: string; readonly tone: Tone }>> = {
  [TestOutcome.PASSED]: { word: '✓ pass', tone: 'good' },
  [TestOutcome.FAILED]: { word: '✗ FAIL', tone: 'bad' },
  [TestOutcome.UNSUPPORTED]: { word: '– unsupported', tone: 'dim' },
};

const lookOf = ({ outcome }: TestResult) => WORDS[outcome] ?? { word: UNKNOWN, tone: 'dim' as const };

/** An outcome for programs. */
export const outcomeWord = (outcome: TestOutcome): string =>
  outcome === TestOutcome.PASSED ? 'passed' : outcome === TestOutcome.FAILED ? 'failed' : 'unsupported';

/** The results as a table, then what to do about each failure, then the sum. */
export function renderTests(results: readonly TestResult[], view: View): string {
  const table = renderTable<TestResult>(
    results,
    [
      { title: 'PROVIDER', cell: ({ provider }) => provider },
      { title: 'TEST', cell: ({ test }) => test },
      { title: 'RESULT', cell: (result) => lookOf(result).word, tone: (result) => lookOf(result).tone },
      { title: 'TIME', align: 'right', cell: ({ durationMs }) => formatDuration(durationMs) },
      { title: 'COST', align: 'right', cell: ({ costNanoUsd }) => formatCost(costNanoUsd) },
      { title: 'MODEL', spare: 2, cell: ({ model }) => model },
      {
        title: 'DETAIL',
        spare: 1,
        cell: ({ outcome, detail }) => (outcome === TestOutcome.FAILED ? '' : detail),
      },
    ],
    view,
  );
  return `${table}${renderFailures(results, view)}\n${renderSum(results, view)}\n`;
}

function renderFailures(results: readonly TestResult[], view: View): string {
  return results
    .filter(({ outcome }) => outcome === TestOutcome.FAILED)
    .map(({ provider, test, detail, advice, requestId }) => {
      const request = requestId === '' ? '' : ` (switchyard decision ${requestId})`;
      return `\n${paint(`${provider} ${test}`, 'bad', view)}: ${detail}${request}\n  → ${advice}\n`;
    })
    .join('');
}

function renderSum(results: readonly TestResult[], view: View): string {
  const count = (wanted: TestOutcome) => results.filter(({ outcome }) => outcome === wanted).length;
  const failed = count(TestOutcome.FAILED);
  const cost = results.reduce((sum, { costNanoUsd }) => sum + (costNanoUsd ?? 0n), 0n);
  const parts = [
    paint(`${count(TestOutcome.PASSED)} passed`, 'good', view),
    paint(`${failed} failed`, failed === 0 ? 'dim' : 'bad', view),
    paint(`${count(TestOutcome.UNSUPPORTED)} unsupported`, 'dim', view),
  ];
  return `${parts.join(', ')}; ${formatCost(cost)} spent.`;
}
