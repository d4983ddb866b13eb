import { expect, it } from 'vitest';
import { closingLine, tallyOfVitest, total } from './tally.ts';

const report = (more: object) =>
  JSON.stringify({ success: true, numPassedTests: 7, numFailedTests: 0, testResults: [], ...more });

it('counts what passed and what failed', () => {
  expect(tallyOfVitest(report({}), 0)).toEqual({ passed: 7, failed: 0 });
  const failing = report({
    success: false,
    numFailedTests: 2,
    testResults: [{ status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'failed' }] }],
  });
  expect(tallyOfVitest(failing, 1)).toEqual({ passed: 7, failed: 2 });
});

it('counts a file that could not be loaded, which has no tests, as a failure', () => {
  const broken = report({ success: false, testResults: [{ status: 'failed', assertionResults: [] }] });
  expect(tallyOfVitest(broken, 1)).toEqual({ passed: 7, failed: 1 });
});

it('never says that nothing failed of a run that failed, broke off, or left no report', () => {
  expect(tallyOfVitest(report({}), 1)).toEqual({ passed: 7, failed: 1 });
  expect(tallyOfVitest(report({ success: false }), 0)).toEqual({ passed: 7, failed: 1 });
  expect(tallyOfVitest(undefined, 0)).toEqual({ passed: 0, failed: 1 });
  expect(tallyOfVitest('{"numPassed', 0)).toEqual({ passed: 0, failed: 1 });
  expect(tallyOfVitest('null', 0)).toEqual({ passed: 0, failed: 1 });
});

it('closes with one line over everything', () => {
  const sum = total([
    { passed: 1, failed: 0 },
    { passed: 40, failed: 2 },
  ]);
  expect(closingLine(sum)).toBe('41 passed, 2 failed');
});
