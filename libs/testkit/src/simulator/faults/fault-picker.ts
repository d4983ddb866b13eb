import type { Random } from '../answer/seeded-random.ts';
import type { Fault, FaultRule } from './fault.ts';

/** Rules with the memory of how often they matched and struck. */
export interface FaultPicker {
  readonly rules: readonly FaultRule[];
  /** The fault that strikes this request, if any. */
  pick(request: { readonly model: string; readonly stream: boolean }, random: Random): Fault | undefined;
}

/** Arms rules: they are tried in order, and the first that strikes is used. */
export function armFaults(rules: readonly FaultRule[]): FaultPicker {
  const armed = rules.map((rule) => ({ rule, matched: 0, struck: 0 }));
  return {
    rules,
    pick(request, random) {
      for (const state of armed) {
        const { match, probability = 1, after = 0, count = Number.POSITIVE_INFINITY, fault } = state.rule;
        if (match?.model !== undefined && match.model !== request.model) continue;
        if (match?.stream !== undefined && match.stream !== request.stream) continue;
        state.matched += 1;
        if (state.matched <= after || state.struck >= count) continue;
        if (probability < 1 && random() >= probability) continue;
        state.struck += 1;
        return fault;
      }
      return undefined;
    },
  };
}
