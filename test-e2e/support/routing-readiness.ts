import type { ManagedProcess } from '@switchyard/deploy';

/** What a service says of itself, by each of the ways to ask it. */
export interface Readiness {
  /** HTTP status of `/readyz`. */
  readonly httpStatus: number;
  readonly status: 'ready' | 'degraded' | 'not_ready';
  /** Parts that are not in order, by `/readyz`. */
  readonly degraded: readonly string[];
  /** Parts that are not in order, by `switchyard_part_up` in `/metrics`. */
  readonly down: readonly string[];
}

interface Report {
  readonly status: Readiness['status'];
  readonly parts: Readonly<Record<string, { readonly ok: boolean }>>;
}

/** Asks a service's operations port. */
export async function readReadiness({ opsUrl }: ManagedProcess): Promise<Readiness> {
  const answer = await fetch(`${opsUrl}/readyz`);
  const { status, parts } = (await answer.json()) as Report;
  const metrics = await (await fetch(`${opsUrl}/metrics`)).text();
  return {
    httpStatus: answer.status,
    status,
    degraded: Object.keys(parts).filter((part) => parts[part]?.ok === false),
    down: [...metrics.matchAll(/^switchyard_part_up\{[^}]*\bpart="([^"]+)"[^}]*\} 0$/gm)].map(
      ([, part = '']) => part,
    ),
  };
}
