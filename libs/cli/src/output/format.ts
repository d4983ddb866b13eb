import { formatUsd } from '@switchyard/kernel';

/** What is shown where nothing is known. */
export const UNKNOWN = '–';

/** Nano-USD as `$0.00123`. */
export const formatCost = (nanoUsd: bigint | undefined): string =>
  nanoUsd === undefined ? UNKNOWN : `$${formatUsd(nanoUsd)}`;

/** 0.9876 as `98.8 %`. */
export const formatShare = (share: number | undefined): string =>
  share === undefined ? UNKNOWN : `${(share * 100).toFixed(1)} %`;

/** Milliseconds as `123 ms` or `1.2 s`. */
export function formatDuration(ms: number | undefined): string {
  if (ms === undefined) return UNKNOWN;
  return ms < 1_000 ? `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** A moment as `12 s ago`. */
export function formatAgo(at: Date | undefined, nowMs: number): string {
  if (at === undefined) return UNKNOWN;
  const seconds = Math.max(0, Math.round((nowMs - at.getTime()) / 1_000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h ago`;
  return `${Math.round(seconds / 86_400)} d ago`;
}

/** A moment as `2026-11-29 16:40:03` in UTC. */
export const formatTime = (at: Date | undefined): string =>
  at === undefined ? UNKNOWN : at.toISOString().slice(0, 19).replace('T', ' ');
