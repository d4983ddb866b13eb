import { parseUsd } from '@switchyard/kernel';
import { type CommandInput, countOption, textOption, UsageError } from '../command.ts';

/** What a model must keep to. Undefined does not matter. */
export interface ModelLimits {
  /** Nano-USD per million input tokens. */
  readonly maxInputPrice: bigint | undefined;
  /** Tokens. */
  readonly minContext: number | undefined;
  readonly region: string | undefined;
}

/** What is known of a model. */
export interface ModelFacts {
  readonly inputPrice: bigint | undefined;
  readonly contextTokens: number | undefined;
  readonly regions: readonly string[];
}

/** The limits on the command line. @throws UsageError for what is no amount or count */
export function readModelLimits(input: CommandInput): ModelLimits {
  const amount = textOption(input, 'max-input-price');
  const maxInputPrice = amount === undefined ? undefined : parseUsd(amount);
  if (amount !== undefined && (maxInputPrice === undefined || maxInputPrice < 0n)) {
    throw new UsageError(`--max-input-price must be USD per million tokens such as 0.50, not ${amount}`);
  }
  return {
    maxInputPrice,
    minContext: countOption(input, 'min-context', { max: Number.MAX_SAFE_INTEGER }),
    region: textOption(input, 'region'),
  };
}

/** Whether a model keeps to the limits. What is unknown keeps to none. */
export function isWithin(
  { maxInputPrice, minContext, region }: ModelLimits,
  { inputPrice, contextTokens, regions }: ModelFacts,
): boolean {
  if (maxInputPrice !== undefined && (inputPrice === undefined || inputPrice > maxInputPrice)) return false;
  if (minContext !== undefined && (contextTokens === undefined || contextTokens < minContext)) return false;
  return region === undefined || regions.includes(region);
}
