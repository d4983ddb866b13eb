import type { Connector } from './connector.ts';
import { type Admission, ConnectorGate, type Refusal } from './connector-gate.ts';

export interface GatesOptions {
  /** Calls at once over all connectors. */
  readonly maxConcurrency: number;
  /** Connectors whose breakers are remembered. Default 10,000; beyond it those longest unused are forgotten. */
  readonly maxGates?: number;
}

/** The gates of all connectors at one replica, and the limit over them. */
export class ConnectorGates {
  readonly #maxConcurrency: number;
  readonly #maxGates: number;
  /** In the order of last use. */
  readonly #gates = new Map<string, ConnectorGate>();
  #inFlight = 0;

  constructor({ maxConcurrency, maxGates = 10_000 }: GatesOptions) {
    this.#maxConcurrency = maxConcurrency;
    this.#maxGates = maxGates;
  }

  /** Calls under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Connectors that are left alone now. @param nowMs monotonic */
  openCount(nowMs: number): number {
    let open = 0;
    for (const gate of this.#gates.values()) if (gate.isOpen(nowMs)) open += 1;
    return open;
  }

  /** @param nowMs monotonic */
  admit(connector: Connector, nowMs: number): Admission | Refusal | { readonly reason: 'SERVICE_BUSY' } {
    if (this.#inFlight >= this.#maxConcurrency) return { reason: 'SERVICE_BUSY' };
    const admitted = this.#gate(connector).admit(nowMs);
    if ('reason' in admitted) return admitted;
    this.#inFlight += 1;
    return {
      end: (outcome, endedAtMs) => {
        this.#inFlight -= 1;
        admitted.end(outcome, endedAtMs);
      },
    };
  }

  #gate({ uid, limits }: Connector): ConnectorGate {
    const gate = this.#gates.get(uid) ?? new ConnectorGate(limits);
    this.#gates.delete(uid);
    this.#gates.set(uid, gate);
    if (this.#gates.size > this.#maxGates) this.#forgetOne();
    return gate;
  }

  /** The longest unused that has nothing under way. */
  #forgetOne(): void {
    for (const [uid, gate] of this.#gates) {
      if (gate.inFlight > 0) continue;
      this.#gates.delete(uid);
      return;
    }
  }
}
