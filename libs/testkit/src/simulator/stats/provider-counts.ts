import type { FaultType } from '../faults/fault.ts';
import type { WireFormatName } from '../options/simulator-options.ts';
import { CallCounter, type EndedCall } from './call-counter.ts';
import type { ProviderStats } from './simulator-stats.ts';

const MAX_MODEL_NAMES = 1_000;

/** One call being counted. */
export interface CountedCall {
  /** Tells its model, once it is known. At most once. */
  setModel(model: string): void;
  /** Exactly once. */
  end(call: EndedCall): void;
}

/** The counts of one provider since its last reset. */
export interface ProviderCounts {
  begin(): CountedCall;
  countFault(type: FaultType): void;
  snapshot(format: WireFormatName): Omit<ProviderStats, 'batches'>;
}

export function providerCounts(): ProviderCounts {
  const total = new CallCounter();
  const models = new Map<string, CallCounter>();
  const faults: Partial<Record<FaultType, number>> = {};

  const counterOf = (name: string): CallCounter => {
    const key = models.has(name) || models.size < MAX_MODEL_NAMES ? name : '(other)';
    const counter = models.get(key) ?? new CallCounter();
    models.set(key, counter);
    return counter;
  };

  return {
    begin() {
      total.begin();
      let ofModel: CallCounter | undefined;
      const setModel = (model: string) => {
        ofModel = counterOf(model);
        ofModel.begin();
      };
      return {
        setModel,
        end(call) {
          if (ofModel === undefined) setModel('(none)');
          ofModel?.end(call);
          total.end(call);
        },
      };
    },
    countFault(type) {
      faults[type] = (faults[type] ?? 0) + 1;
    },
    snapshot: (format) => ({
      format,
      ...total.snapshot(),
      models: Object.fromEntries([...models].map(([name, counter]) => [name, counter.snapshot()])),
      faults: { ...faults },
    }),
  };
}
