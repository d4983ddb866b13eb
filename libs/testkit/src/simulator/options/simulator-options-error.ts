/** One thing wrong with options, faults or latency. */
export interface OptionIssue {
  /** Where, such as `rules[0].fault.status`. */
  readonly field: string;
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** Options, fault rules or latency settings that can not be used. */
export class SimulatorOptionsError extends Error {
  /** At least one. */
  readonly issues: readonly OptionIssue[];

  constructor(issues: readonly OptionIssue[]) {
    super(`simulator: ${issues.map((issue) => `${issue.field}: ${issue.message}`).join('; ')}`);
    this.name = 'SimulatorOptionsError';
    this.issues = issues;
  }
}
