import { PriceTermServiceClient, RerateUsageRequest } from '@switchyard/contracts/cost';
import { formatUsd } from '@switchyard/kernel';
import { type Command, type CommandInput, textOption, UsageError } from '../command.ts';
import { call, openClient } from '../grpc-call.ts';
import { readPriceTerm } from '../prices/read-price-term.ts';
import { renderPriceTerms } from '../prices/render-price-terms.ts';

type Action = (client: PriceTermServiceClient, input: CommandInput) => Promise<void>;

/** `switchyard prices` */
export const prices: Command = {
  usage:
    '[list | set ID [--tenant T] [--provider P] [--model M] [--discount PERCENT] [--price KIND=USD]… [--from TIME] [--until TIME] [--hours 16:30-24:00,…] [--days mon,…] [--time-zone ZONE] [--description TEXT] | end ID | rerate --from TIME --until TIME --reason TEXT [--tenant T] [--provider P] [--model M] [--discount PERCENT] [--price KIND=USD]… [--dry-run]]',
  summary:
    "Shows what is charged in place of the price book's prices; set makes such terms: a discount, prices in USD per million units (of one provider and model), from a time on, at times of the day. Terms are never changed but ended; what is booked keeps its prices, unless rerate corrects what calls of a time were charged, as adjustments of today.",
  words: ['list', 'set', 'end', 'rerate'],
  options: {
    tenant: { type: 'string' },
    provider: { type: 'string' },
    model: { type: 'string' },
    discount: { type: 'string' },
    price: { type: 'string', multiple: true },
    from: { type: 'string' },
    until: { type: 'string' },
    hours: { type: 'string', multiple: true },
    days: { type: 'string', multiple: true },
    'time-zone': { type: 'string' },
    description: { type: 'string' },
    reason: { type: 'string' },
    'dry-run': { type: 'boolean' },
  },
  maxPositionals: 2,
  async run(input) {
    const [name = 'list'] = input.positionals;
    const action = ACTIONS.get(name);
    if (action === undefined)
      throw new UsageError(`prices ${name}? There are ${[...ACTIONS.keys()].join(', ')}`);
    const client = openClient(PriceTermServiceClient, input.settings.costAccounting);
    try {
      await action(client, input);
    } finally {
      client.close();
    }
  },
};

const list: Action = async (client, { settings, output }) => {
  const { terms } = await call(client.listPriceTerms.bind(client), {}, settings.apiKey);
  if (output.json) output.value({ terms });
  else if (terms.length > 0) output.text(renderPriceTerms(terms, output.view));
  else output.line('The price book holds for everybody (`switchyard models` shows its prices).');
};

const set: Action = async (client, input) => {
  const { settings, output } = input;
  const request = { term: readPriceTerm(idOf(input), input) };
  const { term } = await call(client.createPriceTerm.bind(client), request, settings.apiKey);
  if (term === undefined) return;
  if (output.json) output.value(term);
  else output.text(renderPriceTerms([term], output.view));
};

const end: Action = async (client, input) => {
  const id = idOf(input);
  await call(client.endPriceTerm.bind(client), { id }, input.settings.apiKey);
  input.output.line(`The terms ${id} are ended.`);
};

const rerate: Action = async (client, input) => {
  const { settings, output, options } = input;
  const { effectiveFrom, effectiveUntil, ...stated } = readPriceTerm('', input);
  const dryRun = options['dry-run'] === true;
  const request = RerateUsageRequest.fromPartial({
    ...{
      startTime: effectiveFrom,
      endTime: effectiveUntil,
      tenant: stated.tenant,
      provider: stated.provider,
    },
    ...{ model: stated.model, discountPpm: stated.discountPpm, prices: stated.prices, dryRun },
    reason: textOption(input, 'reason') ?? '',
  });
  const result = await call(client.rerateUsage.bind(client), request, settings.apiKey);
  if (output.json) return output.value({ ...result, dryRun });
  const { entries, adjusted, beforeNanoUsd, afterNanoUsd, unpriced } = result;
  output.line(
    `${adjusted} of ${entries} calls ${dryRun ? 'would be' : 'are'} adjusted: $${formatUsd(beforeNanoUsd)} → $${formatUsd(afterNanoUsd)}${unpriced === 0n ? '' : `; ${unpriced} stay without a known cost`}${dryRun ? ' (dry run: nothing was changed)' : ''}`,
  );
};

function idOf({ positionals: [name, id] }: CommandInput): string {
  if (id === undefined) throw new UsageError(`prices ${name} needs the id of terms`);
  return id;
}

const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['list', list],
  ['set', set],
  ['end', end],
  ['rerate', rerate],
]);
