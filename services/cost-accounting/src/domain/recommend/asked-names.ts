/** What was asked for a model of a provider by one name, in the last days of a period. */
export interface AskedName {
  readonly provider: string;
  readonly model: string;
  /** `model` or `provider/model`; '' for all other names, such as "auto" and pools. */
  readonly name: string;
  readonly requests: bigint;
  readonly costNanoUsd: bigint;
}

/** Names that can be sent elsewhere, and how much of the cost they are. */
export interface MovableNames {
  readonly names: readonly string[];
  readonly requests: bigint;
  readonly costNanoUsd: bigint;
  /** Of all names together. */
  readonly allRequests: bigint;
  readonly allNanoUsd: bigint;
}

/** The names by which a model of a provider was asked for itself. */
export function movableNames(
  asked: readonly AskedName[],
  { provider, model }: Pick<AskedName, 'provider' | 'model'>,
): MovableNames {
  const all = asked.filter((one) => one.provider === provider && one.model === model);
  const named = all.filter(({ name }) => name !== '');
  const sum = (of: readonly AskedName[], what: 'requests' | 'costNanoUsd') =>
    of.reduce((total, one) => total + one[what], 0n);
  return {
    names: named.map(({ name }) => name).toSorted(),
    ...{ requests: sum(named, 'requests'), costNanoUsd: sum(named, 'costNanoUsd') },
    ...{ allRequests: sum(all, 'requests'), allNanoUsd: sum(all, 'costNanoUsd') },
  };
}
