import { type Policy, Requirements, Strategy } from '@switchyard/contracts/routing';

/** Whether a policy leaves everything as it is without it. */
export function saysNothing({ strategy, compositeWeights, requirements, cache }: Policy): boolean {
  const isEmpty = requirements === undefined || Requirements.encode(requirements).finish().length === 0;
  return (
    strategy === Strategy.UNSPECIFIED && compositeWeights === undefined && isEmpty && cache === undefined
  );
}
