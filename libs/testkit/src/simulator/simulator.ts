import type { FaultSetting } from './faults/fault.ts';
import type { LatencyOptions } from './latency/latency-options.ts';
import type { BatchSetting, WireFormatName } from './options/simulator-options.ts';
import type { AttemptPage, SimulatorStats } from './stats/simulator-stats.ts';

/** A running simulator. */
export interface Simulator extends AsyncDisposable {
  /** Origin of the shared server, such as `http://127.0.0.1:40123`: description, control, stats. */
  readonly url: string;
  /** By provider name. */
  readonly providers: Readonly<Record<string, SimulatedProvider>>;
  /** What was served so far. */
  stats(): SimulatorStats;
  /** Ended calls after a cursor (default 0), at most `limit` (1–10,000, default 1,000). */
  attempts(query?: { readonly after?: number; readonly limit?: number }): AttemptPage;
  /** Replaces a provider's fault rules. @throws SimulatorOptionsError naming the field. */
  setFaults(setting: FaultSetting): void;
  /** Removes fault rules, of one provider or of all. */
  clearFaults(provider?: string): void;
  /** Replaces what happens to batches of a provider (`*`: of each). @throws SimulatorOptionsError naming the field. */
  setBatches(setting: BatchSetting): void;
  /** Replaces a provider's latency (`*`: of each). @throws SimulatorOptionsError naming the field. */
  setLatency(setting: LatencySetting): void;
  /** Back to how it started: counts, log, prompt memory, randomness, faults and latency. Running calls are not counted any more. */
  reset(): void;
  /** Stops listening, lets running calls end for `graceMs` (default 0), then cuts the rest. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

/** Where one provider is found. */
export interface SimulatedProvider {
  readonly name: string;
  readonly format: WireFormatName;
  /**
   * Base address without version: `<baseUrl>/v1/chat/completions`, `<baseUrl>/v1/messages`,
   * `<baseUrl>/v1beta/models/…`.
   */
  readonly baseUrl: string;
}

/** Latency of one provider. */
export interface LatencySetting {
  /** A provider's name, or `*` for each of them. */
  readonly provider: string;
  /** Settings left out are 0. */
  readonly latency: LatencyOptions;
}
