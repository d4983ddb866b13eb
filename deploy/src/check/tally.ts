/** How many checks and tests passed and failed. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** The parts of vitest's JSON report that are counted here. */
interface VitestReport {
  readonly success?: boolean;
  readonly numPassedTests?: number;
  readonly numFailedTests?: number;
  readonly testResults?: readonly {
    readonly status?: string;
    readonly assertionResults?: readonly { readonly status?: string }[];
  }[];
}

/**
 * Counts a run of vitest. A file that could not be loaded has no tests and counts as one failure; so does a run that
 * failed without saying in which test (an error outside of tests), or that left no report.
 *
 * @param text the JSON report; undefined where there is none
 */
export function tallyOfVitest(text: string | undefined, exitCode: number): Tally {
  const report = parse(text);
  const passed = report?.numPassedTests ?? 0;
  const brokenFiles = (report?.testResults ?? []).filter(
    ({ status, assertionResults = [] }) =>
      status === 'failed' && assertionResults.every((assertion) => assertion.status !== 'failed'),
  );
  const failed = (report?.numFailedTests ?? 0) + brokenFiles.length;
  const wentWell = report !== undefined && report.success !== false && exitCode === 0;
  return { passed, failed: failed === 0 && !wentWell ? 1 : failed };
}

function parse(text: string | undefined): VitestReport | undefined {
  try {
    const report: unknown = JSON.parse(text ?? '');
    return typeof report === 'object' && report !== null ? report : undefined;
  } catch {
    return undefined;
  }
}

/** Adds tallies up. */
export const total = (tallies: readonly Tally[]): Tally => ({
  passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
  failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
});

/** The closing line that CI reads. */
export const closingLine = ({ passed, failed }: Tally): string => `${passed} passed, ${failed} failed`;
