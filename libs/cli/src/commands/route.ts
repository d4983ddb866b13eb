import { type PartialRequest, SwitchyardClient, textRequest } from '@switchyard/client';
import {
  type Candidate,
  type Decision,
  STRATEGY_NAMES,
  Strategy,
  strategyName,
  strategyNamed,
} from '@switchyard/contracts/routing';
import { parseUsd } from '@switchyard/kernel';
import { type Command, type CommandInput, listOption, textOption, UsageError } from '../command.ts';
import { formatCost, formatDuration, UNKNOWN } from '../output/format.ts';
import { renderTable } from '../output/table.ts';

/** `switchyard route` */
export const route: Command = {
  usage:
    '[TEXT] [--explain] [--model M] [--strategy S] [--task-type T] [--capability C]… [--region R]… [--tag T]… [--max-cost USD]',
  summary:
    'Tells who would serve a request, and with --explain why and why not the others; nobody is called.',
  options: {
    explain: { type: 'boolean' },
    model: { type: 'string', short: 'm' },
    strategy: { type: 'string' },
    'task-type': { type: 'string' },
    capability: { type: 'string', multiple: true },
    region: { type: 'string', multiple: true },
    tag: { type: 'string', multiple: true },
    'max-cost': { type: 'string' },
  },
  maxPositionals: Number.POSITIVE_INFINITY,
  async run(input) {
    const { settings, output, options } = input;
    using client = new SwitchyardClient({ address: settings.routing, apiKey: settings.apiKey });
    const decision = await client.route(requestOf(input));
    if (output.json) return output.value(decision);
    output.line(headline(decision));
    if (options.explain === true) output.text(`\n${renderCandidates(decision)}`);
  },
};

function requestOf(input: CommandInput): PartialRequest {
  const costText = textOption(input, 'max-cost');
  const maxCostNanoUsd = costText === undefined ? undefined : parseUsd(costText);
  if (costText !== undefined && maxCostNanoUsd === undefined)
    throw new UsageError(`--max-cost must be an amount of USD such as 0.01, not ${costText}`);
  return {
    ...textRequest(textOption(input, 'model') ?? 'auto', input.positionals.join(' ') || 'hello'),
    strategy: strategyOf(textOption(input, 'strategy')),
    requirements: {
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

/** The choice in one line, and how it was made. */
export function headline(decision: Decision): string {
  const {
    route: chosen,
    candidates,
    candidatesOmitted,
    strategy,
    propensity,
    experiment,
    variant,
  } = decision;
  if (chosen === undefined) return `No candidate fits (${candidates.length + candidatesOmitted} considered).`;
  const chance = propensity === 1 ? '' : `, chosen with a chance of ${(propensity * 100).toFixed(1)} %`;
  const divided = experiment === '' ? '' : ` As ${variant} of the experiment ${experiment}.`;
  return `${chosen.provider}/${chosen.model}: ${chosen.reason} (strategy ${strategyName(strategy) ?? 'unknown'}, confidence ${chosen.confidence.toFixed(2)}${chance}).${divided}`;
}

/** Every candidate with its price for this request, or why it was excluded. */
export function renderCandidates({ candidates, candidatesOmitted }: Decision): string {
  const table = renderTable(candidates, [
    { title: '#', align: 'right', cell: ({ rank }) => (rank === 0 ? '' : String(rank)) },
    { title: 'CANDIDATE', cell: ({ provider, model }) => `${provider}/${model}` },
    {
      title: 'EST. COST',
      align: 'right',
      cell: ({ estimatedCostNanoUsd }) => formatCost(estimatedCostNanoUsd),
    },
    { title: 'LATENCY', align: 'right', cell: ({ latencyMs }) => formatDuration(latencyMs) },
    { title: 'SUCCESS', align: 'right', cell: ({ successRate }) => formatShare(successRate) },
    { title: 'ACTIVE', align: 'right', cell: ({ activeRequests }) => String(activeRequests) },
    { title: 'IDLE', align: 'right', cell: ({ idleMs }) => formatDuration(idleMs) },
    { title: 'HEALTH', cell: ({ health }) => health },
    { title: 'BREAKER', cell: ({ breaker }) => breaker },
    { title: 'PRIORITY', align: 'right', cell: ({ priority }) => String(priority) },
    { title: 'WEIGHT', align: 'right', cell: ({ weight }) => String(weight) },
    { title: 'SCORE', align: 'right', cell: ({ score }) => formatScore(score) },
    { title: 'EXCLUDED BY', cell: excludedBy },
  ]);
  return candidatesOmitted === 0 ? table : `${table}… and ${candidatesOmitted} more that are not listed.\n`;
}

const excludedBy = ({ exclusions }: Candidate): string =>
  exclusions.map(({ constraint, detail }) => `${constraint}: ${detail}`).join('; ');

const formatShare = (share: number | undefined): string =>
  share === undefined ? UNKNOWN : `${(share * 100).toFixed(1)} %`;

/** Six digits are enough to compare by. */
const formatScore = (score: number | undefined): string =>
  score === undefined ? UNKNOWN : String(Number(score.toPrecision(6)));
