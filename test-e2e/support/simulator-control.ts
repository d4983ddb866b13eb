import type {
  AttemptRecord,
  BatchOptions,
  FaultRule,
  LatencyOptions,
  SimulatorStats,
} from '@switchyard/testkit/simulator';
import { request } from 'undici';

/** Speaks with the simulator's control endpoints. */
export class SimulatorControl {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async setFaults(provider: string, rules: readonly FaultRule[]): Promise<void> {
    await this.#send('PUT', '/control/faults', { provider, rules });
  }

  async setLatency(provider: string, latency: LatencyOptions): Promise<void> {
    await this.#send('PUT', '/control/latency', { provider, latency });
  }

  async setBatches(provider: string, batches: BatchOptions): Promise<void> {
    await this.#send('PUT', '/control/batches', { provider, batches });
  }

  async clearFaults(): Promise<void> {
    await this.#send('DELETE', '/control/faults');
  }

  async stats(): Promise<SimulatorStats> {
    return (await (await request(`${this.#url}/stats`)).body.json()) as SimulatorStats;
  }

  /** Every call that has ended. */
  async attempts(): Promise<AttemptRecord[]> {
    const all: AttemptRecord[] = [];
    for (let after = 0; ; ) {
      const { body } = await request(`${this.#url}/stats/attempts?after=${after}&limit=10000`);
      const lines = (await body.text()).split('\n').filter((line) => line !== '');
      const page = lines.map((line) => JSON.parse(line) as AttemptRecord);
      all.push(...page);
      const last = page.at(-1);
      if (last === undefined) return all;
      after = last.cursor;
    }
  }

  async #send(method: 'PUT' | 'DELETE', path: string, body?: unknown): Promise<void> {
    const answer = await request(`${this.#url}${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
  }
}
