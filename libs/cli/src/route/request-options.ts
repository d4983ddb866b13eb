import type { ParseArgsOptionsConfig } from 'node:util';
import { type PartialRequest, textRequest } from '@switchyard/client';
import { STRATEGY_NAMES, Strategy, strategyNamed } from '@switchyard/contracts/routing';
import { parseUsd } from '@switchyard/kernel';
import { type CommandInput, countOption, listOption, textOption, UsageError } from '../command.ts';

/** What a request asks of whoever answers it, as options. */
export const REQUEST_OPTIONS: ParseArgsOptionsConfig = {
  model: { type: 'string', short: 'm' },
  strategy: { type: 'string' },
  'task-type': { type: 'string' },
  provider: { type: 'string', multiple: true },
  'exclude-provider': { type: 'string', multiple: true },
  'prefer-provider': { type: 'string', multiple: true },
  capability: { type: 'string', multiple: true },
  region: { type: 'string', multiple: true },
  tag: { type: 'string', multiple: true },
  'max-cost': { type: 'string' },
  'max-tokens': { type: 'string' },
};

/** The same for the help. */
export const REQUEST_USAGE =
  '[--model M] [--provider ID]… [--exclude-provider ID]… [--prefer-provider ID]… [--strategy S] [--task-type T] [--capability C]… [--region R]… [--tag T]… [--max-cost USD] [--max-tokens N]';

const MAX_TOKENS = 2 ** 31 - 1;

/** The request that options ask for, with one message. */
export const requestOf = (input: CommandInput, text: string): PartialRequest => ({
  ...textRequest(textOption(input, 'model') ?? 'auto', text),
  ...askedOf(input),
});

/** What options say of who may answer and how one is chosen. */
export function askedOf(input: CommandInput): Pick<PartialRequest, 'strategy' | 'requirements' | 'sampling'> {
  const costText = textOption(input, 'max-cost');
  const maxCostNanoUsd = costText === undefined ? undefined : parseUsd(costText);
  if (costText !== undefined && maxCostNanoUsd === undefined)
    throw new UsageError(`--max-cost must be an amount of USD such as 0.01, not ${costText}`);
  const maxOutputTokens = countOption(input, 'max-tokens', { max: MAX_TOKENS });
  if (maxOutputTokens === 0) throw new UsageError('--max-tokens must be from 1');
  return {
    ...(maxOutputTokens === undefined ? {} : { sampling: { maxOutputTokens } }),
    strategy: strategyOf(textOption(input, 'strategy')),
    requirements: {
      allowedProviders: listOption(input, 'provider'),
      excludedProviders: listOption(input, 'exclude-provider'),
      preferredProviders: listOption(input, 'prefer-provider'),
      capabilities: listOption(input, 'capability'),
      residency: listOption(input, 'region'),
      tags: listOption(input, 'tag'),
      taskType: textOption(input, 'task-type') ?? '',
      maxCostNanoUsd,
    },
  };
}

function strategyOf(name: string | undefined): Strategy {
  if (name === undefined) return Strategy.UNSPECIFIED;
  const strategy = strategyNamed(name);
  if (strategy === undefined)
    throw new UsageError(`--strategy must be one of ${STRATEGY_NAMES.join(', ')}, not ${name}`);
  return strategy;
}
