/** How bad it is, for people and for routing on the receiver's side. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What receivers are told of an alert. It is stored as JSON until it is delivered, so fields are only added. */
export interface AlertNotice {
  readonly event: 'firing' | 'resolved' | 'test';
  /** The same for the firing and the resolved notice of one alert. */
  readonly alertId: string;
  /** The service that says so: `health-probe`. */
  readonly source: string;
  /** Owner of the rule; '' for the installation. */
  readonly tenant: string;
  readonly rule: string;
  readonly severity: Severity;
  /** What it is about, as names and values: `{provider: "openai"}`. */
  readonly subject: Readonly<Record<string, string>>;
  /** One line for people. */
  readonly summary: string;
  /** Name of what was measured: `error_rate`. */
  readonly metric: string;
  /** What was measured last; undefined where it is not known. */
  readonly value: number | undefined;
  readonly threshold: number;
  /** When it fired, wall milliseconds. */
  readonly firedAtMs: number;
  /** When it was resolved, wall milliseconds; undefined while it fires. */
  readonly resolvedAtMs: number | undefined;
}

/** An instant as JSON has it. */
export const isoTime = (wallMs: number): string => new Date(wallMs).toISOString();
