import { type PartialRequest, SwitchyardClient } from '@switchyard/client';
import { type Candidate, type Decision, strategyName } from '@switchyard/contracts/routing';
import { type Command, type CommandInput, textOption, UsageError } from '../command.ts';
import { formatCost, formatDuration, UNKNOWN } from '../output/format.ts';
import { type Column, renderTable } from '../output/table.ts';
import { REQUEST_OPTIONS, REQUEST_USAGE, requestOf } from '../route/request-options.ts';
import { waysOut } from '../route/ways-out.ts';
import { whyNot } from '../route/why-not.ts';

/** `switchyard route` */
export const route: Command = {
  usage: `[TEXT] [--explain] [--why-not PROVIDER] ${REQUEST_USAGE}`,
  summary:
    'Tells who would serve a request, and with --explain why and why not the others; nobody is called. --why-not tells of one provider, in a sentence for those of its models that are alike in it. --provider allows only those that it names.',
  options: { explain: { type: 'boolean' }, 'why-not': { type: 'string' }, ...REQUEST_OPTIONS },
  maxPositionals: Number.POSITIVE_INFINITY,
  async run(input) {
    const { settings, output, options } = input;
    using client = new SwitchyardClient({ address: settings.routing, apiKey: settings.apiKey });
    const request = requestOf(input, input.positionals.join(' ') || 'hello');
    const decision = await client.route(request);
    const answer = await answerWhyNot(client, input, { request, decision });
    if (output.json) return output.value(answer === undefined ? decision : { ...decision, whyNot: answer });
    output.line(headline(decision));
    if (options.explain === true) output.text(`\n${renderCandidates(decision)}${renderWaysOut(decision)}`);
    if (answer !== undefined) output.text(`\n${answer.join('\n')}\n`);
  },
};

interface Asked {
  readonly request: PartialRequest;
  readonly decision: Decision;
}

/** undefined where nobody asked. */
async function answerWhyNot(
  client: SwitchyardClient,
  input: CommandInput,
  { request, decision }: Asked,
): Promise<string[] | undefined> {
  const provider = textOption(input, 'why-not');
  if (provider === undefined) return undefined;
  const isListed = decision.candidates.some((one) => one.provider === provider);
  if (isListed) return whyNot({ provider, decision, estimates: [] });
  const known = (await client.listProviders()).flatMap(({ provider: one }) => one?.id ?? []);
  if (!known.includes(provider)) {
    const some = known.slice(0, MAX_KNOWN).join(', ') || 'none';
    throw new UsageError(
      `--why-not: there is no provider ${provider}; there are ${some}. "switchyard apply" adds one.`,
    );
  }
  const { estimates } = await client.estimateCost(request, { provider });
  return whyNot({ provider, decision, estimates });
}

/** Most providers that are named where one is unknown. */
const MAX_KNOWN = 20;

/** What can be done about what is excluded. */
function renderWaysOut({ candidates }: Decision): string {
  const ways = waysOut(candidates);
  return ways.length === 0
    ? ''
    : `\nTo change what excludes them:\n${ways.map((way) => `  ${way}\n`).join('')}`;
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
    ...endpointColumn(candidates),
    {
      title: 'EST. COST',
      align: 'right',
      cell: ({ estimatedCostNanoUsd }) => formatCost(estimatedCostNanoUsd),
    },
    ...cachedColumn(candidates),
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

/** Shown where a provider probably has the beginning of the request in its prompt cache. */
const cachedColumn = (candidates: readonly Candidate[]): Column<Candidate>[] =>
  candidates.some(({ cachedPrefixTokens }) => cachedPrefixTokens !== undefined)
    ? [
        {
          title: 'CACHED PREFIX',
          align: 'right',
          cell: ({ cachedPrefixTokens }) => String(cachedPrefixTokens ?? ''),
        },
      ]
    : [];

/** Shown where a provider has endpoints of its own. */
const endpointColumn = (candidates: readonly Candidate[]): Column<Candidate>[] =>
  candidates.some(({ endpoint }) => endpoint !== '')
    ? [
        { title: 'ENDPOINT', cell: ({ endpoint }) => endpoint },
        { title: 'SHARE', align: 'right', cell: ({ endpointWeight }) => String(endpointWeight ?? '') },
        { title: 'REGION', cell: ({ region }) => region },
      ]
    : [];

const excludedBy = ({ exclusions }: Candidate): string =>
  exclusions.map(({ constraint, detail }) => `${constraint}: ${detail}`).join('; ');

const formatShare = (share: number | undefined): string =>
  share === undefined ? UNKNOWN : `${(share * 100).toFixed(1)} %`;

/** Six digits are enough to compare by. */
const formatScore = (score: number | undefined): string =>
  score === undefined ? UNKNOWN : String(Number(score.toPrecision(6)));
