/** How one part of a service does. */
export interface PartState {
  readonly ok: boolean;
  /** Why not, or more about it; no secrets. */
  readonly detail: string;
}

/** A part's state now. */
export type CheckPart = () => PartState;

/** What `/readyz` says. */
export interface ReadinessReport {
  /** `ready` with every part in order, `degraded` while the service can still serve, `not_ready` when it cannot. */
  readonly status: 'ready' | 'degraded' | 'not_ready';
  readonly parts: Readonly<Record<string, PartState>>;
}

/** The part that a service which is being stopped reports. */
export const STOPPING_PART = 'lifecycle';

/**
 * What a service stands on. A part that is needed makes it not ready; any other only degrades it:
 * static stability means that readiness follows what can be served, not what is up.
 */
export class Readiness {
  readonly #parts = new Map<string, { check: CheckPart; needed: boolean }>();
  #stopping = false;

  /** Adds a part without which the service cannot serve. */
  need(name: string, check: CheckPart): void {
    this.#parts.set(name, { check, needed: true });
  }

  /** Adds a part whose loss is only visible. */
  want(name: string, check: CheckPart): void {
    this.#parts.set(name, { check, needed: false });
  }

  /** From now on: not ready, so that no new traffic is sent here. */
  announceStop(): void {
    this.#stopping = true;
  }

  report(): ReadinessReport {
    const parts: Record<string, PartState> = {};
    let status: ReadinessReport['status'] = this.#stopping ? 'not_ready' : 'ready';
    for (const [name, { check, needed }] of this.#parts) {
      const state = check();
      parts[name] = state;
      if (state.ok) continue;
      if (needed) status = 'not_ready';
      else if (status === 'ready') status = 'degraded';
    }
    if (this.#stopping) parts[STOPPING_PART] = { ok: false, detail: 'stopping' };
    return { status, parts };
  }
}
