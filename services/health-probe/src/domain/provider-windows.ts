import { LatencyWindow, type Observation, type WindowStatistics } from '@switchyard/resilience';

/** Most models of one provider that are told apart. */
const MAX_MODELS = 256;
/** Most models that a reason names. */
const MAX_NAMED = 3;

/** The last 300 seconds of one provider, over all routing replicas: as a whole and by model. */
export class ProviderWindows {
  /** All models together. */
  readonly whole = new LatencyWindow();
  readonly #byModel = new Map<string, LatencyWindow>();
  #observedAtMs = Number.NEGATIVE_INFINITY;

  /** Adds what one replica saw in one second. @param nowMs monotonic */
  merge(
    { model, observation }: { readonly model: string; readonly observation: Observation },
    nowMs: number,
  ): void {
    this.#observedAtMs = nowMs;
    this.whole.merge(observation, nowMs);
    let window = this.#byModel.get(model);
    if (window === undefined && this.#byModel.size < MAX_MODELS) {
      window = new LatencyWindow();
      this.#byModel.set(model, window);
    }
    window?.merge(observation, nowMs);
  }

  /** When something was merged last, monotonic; −∞: never. */
  get observedAtMs(): number {
    return this.#observedAtMs;
  }

  /** How each model that was called did, in the order of their ids. */
  models(nowMs: number): readonly { readonly model: string; readonly seen: WindowStatistics }[] {
    return [...this.#byModel]
      .map(([model, window]) => ({ model, seen: window.statistics(nowMs) }))
      .filter(({ seen }) => seen.calls > 0)
      .sort((a, b) => (a.model < b.model ? -1 : 1));
  }

  /** Models that answered. */
  provenModels(nowMs: number): ReadonlySet<string> {
    const proven = new Set<string>();
    for (const [model, window] of this.#byModel) {
      if (window.statistics(nowMs).consecutiveSuccesses > 0) proven.add(model);
    }
    return proven;
  }

  /** Models that fail more often than not while others do not; empty where it is not a matter of models. */
  failingModels(nowMs: number): readonly string[] {
    const failing: string[] = [];
    let used = 0;
    for (const [model, window] of this.#byModel) {
      const { calls, successRate } = window.statistics(nowMs);
      if (calls === 0 || successRate === undefined) continue;
      used += 1;
      if (successRate < 0.5) failing.push(model);
    }
    return failing.length === used ? [] : failing.slice(0, MAX_NAMED);
  }
}
