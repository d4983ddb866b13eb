/** Why a target is in its state: the rule, the figure that was seen, and the limit it was compared with. */
export type HealthReason =
  | { readonly code: 'no_evidence' }
  | { readonly code: 'operator' }
  | { readonly code: 'first_success' }
  | { readonly code: 'consecutive_failures'; readonly failures: number; readonly limit: number }
  | { readonly code: 'low_success_rate'; readonly successRate: number; readonly limit: number }
  | { readonly code: 'success_rate_outlier'; readonly successRate: number; readonly limit: number }
  | { readonly code: 'high_latency'; readonly p95Ms: number; readonly limitMs: number }
  | { readonly code: 'recovering'; readonly successes: number }
  | { readonly code: 'proven'; readonly successes: number };

/** One plain sentence for operators. Holds figures only, nothing that a caller or provider sent. */
export function describeHealthReason(reason: HealthReason): string {
  switch (reason.code) {
    case 'no_evidence':
      return 'not called yet';
    case 'operator':
      return 'taken out of service by an operator';
    case 'first_success':
      return 'the first call succeeded';
    case 'consecutive_failures':
      return `${reason.failures} failures in a row (limit ${reason.limit})`;
    case 'low_success_rate':
      return `${percent(reason.successRate)} of calls succeed (limit ${percent(reason.limit)})`;
    case 'success_rate_outlier':
      return `${percent(reason.successRate)} of calls succeed, far below its peers (limit ${percent(reason.limit)})`;
    case 'high_latency':
      return `p95 latency ${Math.round(reason.p95Ms)} ms (limit ${Math.round(reason.limitMs)} ms)`;
    case 'recovering':
      return `${reason.successes} successes in a row after an outage, not yet proven`;
    case 'proven':
      return `${reason.successes} calls succeeded since`;
    default:
      return reason satisfies never;
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
