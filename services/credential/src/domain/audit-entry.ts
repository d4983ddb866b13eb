/** What came of it. */
export const AUDIT_OUTCOMES = ['allowed', 'denied', 'failed'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** One thing that was done, before it has its place in the log. Never holds a secret value. */
export interface AuditRecord {
  /** Whom it concerns: a tenant or `installation`. */
  readonly owner: string;
  /** Id of the API key of whoever did it. */
  readonly actor: string;
  /** For example `secret.read`. */
  readonly action: string;
  /** For example `secret:openai`. */
  readonly resource: string;
  readonly outcome: AuditOutcome;
  readonly details: Readonly<Record<string, string>>;
  /** Wall milliseconds. */
  readonly occurredAtMs: number;
}

/** A place in the log. */
export interface ChainLink {
  /** From 1, without gaps; 0 is the place before the first. */
  readonly sequence: bigint;
  /** SHA-256 over the entry and the hash of the one before. */
  readonly hash: Buffer;
}

/** An entry in its place. */
export type AuditEntry = AuditRecord & ChainLink;
