import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagedProcess } from '../process/managed-process.ts';

/** A part of a service that is not in order. */
export interface DegradedPart {
  readonly process: string;
  readonly part: string;
  readonly detail: string;
}

const INTERVAL_MS = 100;

interface Report {
  readonly parts?: Readonly<Record<string, { readonly ok: boolean; readonly detail: string }>>;
}

/**
 * Services are ready as soon as they can serve, and find each other afterwards: waits until they have.
 *
 * @returns what is still not in order when the time is up; empty where everything is
 */
export async function awaitSettled(
  processes: readonly ManagedProcess[],
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<DegradedPart[]> {
  const end = performance.now() + timeoutMs;
  while (true) {
    const degraded = (await Promise.all(processes.map(degradedParts))).flat();
    if (degraded.length === 0 || performance.now() >= end) return degraded;
    await sleep(INTERVAL_MS, undefined, { signal });
  }
}

/** What a process says of itself in `/readyz`. */
export async function degradedParts({ name, spec }: ManagedProcess): Promise<DegradedPart[]> {
  if (spec.opsUrl === undefined) return [];
  try {
    const answer = await fetch(spec.readyUrl, { signal: AbortSignal.timeout(2_000) });
    const { parts = {} } = (await answer.json()) as Report;
    return Object.entries(parts)
      .filter(([, { ok }]) => !ok)
      .map(([part, { detail }]) => ({ process: name, part, detail }));
  } catch (error) {
    return [{ process: name, part: 'readyz', detail: (error as Error).message }];
  }
}
