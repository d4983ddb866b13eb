/** A model as far as its fitness for a probe goes. */
export interface ProbeModel {
  readonly model: string;
  readonly capabilities: readonly string[];
  /** Nano-USD per million tokens by kind; unknown ones are absent. */
  readonly prices: Readonly<Record<string, bigint>>;
}

/** What is known of models from calls of them. */
export interface ModelKnowledge {
  /** Capabilities that it must have. */
  readonly needs: readonly string[];
  /** Models that answered lately. */
  readonly proven: ReadonlySet<string>;
  /** Models that turned a probe down, or do not exist at the provider after all. */
  readonly unfit: ReadonlySet<string>;
}

/**
 * The model to call: one that is able to, and preferably has answered lately (a catalog lists models that
 * an account may not use), has no reasoning (which could not end within one token) and is cheap.
 *
 * @returns undefined where there is none
 */
export function chooseProbeModel(
  models: readonly ProbeModel[],
  { needs, proven, unfit }: ModelKnowledge,
): ProbeModel | undefined {
  const isAble = ({ capabilities }: ProbeModel) => needs.every((need) => capabilities.includes(need));
  const fit = models.filter((one) => isAble(one) && !unfit.has(one.model));
  const order = (model: ProbeModel): [number, number, bigint] => [
    proven.has(model.model) ? 0 : 1,
    model.capabilities.includes('reasoning') ? 1 : 0,
    priceOf(model),
  ];
  return fit.toSorted((a, b) => compareLists(order(a), order(b)) || compare(a.model, b.model))[0];
}

function compareLists(a: readonly (number | bigint)[], b: readonly (number | bigint)[]): number {
  for (const [index, value] of a.entries()) {
    const difference = compare(value, b[index] ?? value);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Of one token in and one out; an unknown price counts as dearer than any known one. */
function priceOf({ capabilities, prices }: ProbeModel): bigint {
  const { input } = prices;
  // What writes nothing has no price for it.
  const output = capabilities.includes('text') ? prices.output : 0n;
  return input === undefined || output === undefined ? 1n << 62n : input + output;
}

function compare<T extends bigint | number | string>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
