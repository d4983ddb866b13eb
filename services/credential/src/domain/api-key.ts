import type { BuiltInRole } from '@switchyard/contracts';

/** First characters of a key that are kept, to recognise it by. They leave 143 of its 178 random bits unknown. */
export const PREFIX_CHARS = 9;
/** Longest overlap of a rotated key, in seconds: 30 days. */
export const MAX_OVERLAP_SECONDS = 2_592_000;

/** A key without the key itself. */
export interface ApiKeyRecord {
  readonly id: string;
  /** Who owns it, and so may see and end it: `installation` for a key of the installation, else its tenant. */
  readonly owner: string;
  /** The tenant it acts for unless a call names another. */
  readonly tenant: string;
  readonly name: string;
  readonly role: BuiltInRole;
  /** Whether it may act for the installation and every tenant. */
  readonly installation: boolean;
  /** First characters of the key; empty where only its digest was ever known here. */
  readonly prefix: string;
  /** SHA-256 of the key, 32 bytes. */
  readonly digest: Buffer;
  /** Wall milliseconds. */
  readonly createdAtMs: number;
  /** Wall milliseconds; undefined: never. */
  readonly expiresAtMs: number | undefined;
  /** Wall milliseconds; undefined: it is not revoked. */
  readonly revokedAtMs: number | undefined;
}

/** Whether a key works at a time. */
export function isLive(key: Pick<ApiKeyRecord, 'expiresAtMs' | 'revokedAtMs'>, nowMs: number): boolean {
  return key.revokedAtMs === undefined && (key.expiresAtMs === undefined || key.expiresAtMs > nowMs);
}

/** What a rotation does to the times of the old key and its successor. */
export interface RotationTimes {
  /** Of the old key: the overlap shortens its life and never prolongs it. */
  readonly old: { readonly expiresAtMs: number | undefined; readonly revokedAtMs: number | undefined };
  /** The successor lives as long from now as the old key was given at its start. */
  readonly successorExpiresAtMs: number | undefined;
}

/** Without an overlap the old key is revoked rather than expired: that holds on every clock. */
export function rotationTimes(
  key: Pick<ApiKeyRecord, 'createdAtMs' | 'expiresAtMs'>,
  { nowMs, overlapMs }: { nowMs: number; overlapMs: number },
): RotationTimes {
  const { createdAtMs, expiresAtMs } = key;
  const successorExpiresAtMs = expiresAtMs === undefined ? undefined : nowMs + (expiresAtMs - createdAtMs);
  const old =
    overlapMs === 0
      ? { expiresAtMs, revokedAtMs: nowMs }
      : {
          expiresAtMs: Math.min(expiresAtMs ?? Number.POSITIVE_INFINITY, nowMs + overlapMs),
          revokedAtMs: undefined,
        };
  return { old, successorExpiresAtMs };
}
