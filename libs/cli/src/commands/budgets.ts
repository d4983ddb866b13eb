import {
  type Budget,
  BudgetServiceClient,
  CreateBudgetRequest,
  UpdateBudgetRequest,
} from '@switchyard/contracts/cost';
import { ServiceError } from '@switchyard/kernel';
import { listBudgets } from '../budgets/list-budgets.ts';
import { readBudget } from '../budgets/read-budget.ts';
import {
  describeActions,
  describeBudget,
  renderBudgetAlerts,
  renderBudgets,
} from '../budgets/render-budgets.ts';
import { type Command, type CommandInput, textOption, UsageError } from '../command.ts';
import { call, openClient } from '../grpc-call.ts';

type Action = (client: BudgetServiceClient, input: CommandInput) => Promise<void>;

/** `switchyard budgets` */
export const budgets: Command = {
  usage:
    '[list | get ID | set ID [--usd AMOUNT | --requests N | --tokens N] [--per minute|day|month|total] [--time-zone ZONE] [--key ID] [--provider ID] [--model ID] [--alert-only [--service S] [--agent A] [--workflow W]] [--alerts 50,80,100] [--receivers ID,…] [--downgrade-at PERCENT [--downgrade-to MODEL]] [--throttle-at PERCENT --throttle-to PER_MINUTE] [--description TEXT] | delete ID] [--tenant T]',
  summary:
    'Shows budgets and how they stand; get shows one, and who was told what it has reached; set makes one, or changes limit, alerts, receivers and description of one that is there. Receivers are those of `switchyard alerts`; --receivers "" takes all away. At its limit requests are refused, with --alert-only nobody is.',
  words: ['list', 'get', 'set', 'delete'],
  options: {
    usd: { type: 'string' },
    requests: { type: 'string' },
    tokens: { type: 'string' },
    per: { type: 'string' },
    'time-zone': { type: 'string' },
    key: { type: 'string' },
    provider: { type: 'string' },
    model: { type: 'string' },
    service: { type: 'string' },
    agent: { type: 'string' },
    workflow: { type: 'string' },
    'alert-only': { type: 'boolean' },
    alerts: { type: 'string', multiple: true },
    receivers: { type: 'string', multiple: true },
    'downgrade-at': { type: 'string' },
    'downgrade-to': { type: 'string' },
    'throttle-at': { type: 'string' },
    'throttle-to': { type: 'string' },
    description: { type: 'string' },
    tenant: { type: 'string' },
  },
  maxPositionals: 2,
  async run(input) {
    const [name = 'list'] = input.positionals;
    const action = ACTIONS.get(name);
    if (action === undefined)
      throw new UsageError(`budgets ${name}? There are ${[...ACTIONS.keys()].join(', ')}`);
    const client = openClient(BudgetServiceClient, input.settings.costAccounting);
    try {
      await action(client, input);
    } finally {
      client.close();
    }
  },
};

const list: Action = async (client, input) => {
  const { settings, output } = input;
  const tenant = textOption(input, 'tenant') ?? '';
  const found = await listBudgets(client, { tenant, apiKey: settings.apiKey });
  if (output.json) return output.value({ budgets: found });
  if (found.length > 0) output.text(renderBudgets(found, output.view));
  else output.line('There are no budgets here: `switchyard budgets set ID --usd 10 --per day` makes one.');
};

const get: Action = async (client, input) => {
  const { settings, output } = input;
  const request = { id: idOf(input), tenant: textOption(input, 'tenant') ?? '' };
  const { budget } = await call(client.getBudget.bind(client), request, settings.apiKey);
  if (budget === undefined) return;
  if (output.json) return output.value(budget);
  output.line(describeBudget(budget));
  for (const line of describeActions(budget)) output.line(line);
  if (budget.receivers.length > 0) output.line(`Told are NATS and ${budget.receivers.join(', ')}.`);
  if (budget.alerts.length > 0) output.text(`\n${renderBudgetAlerts(budget, output.view)}`);
};

const set: Action = async (client, input) => {
  const { settings, output } = input;
  const budget = readBudget(idOf(input), input);
  const { id, tenant, limit, alertPercents, description, receivers, actions } = budget;
  let shown: Budget | undefined;
  try {
    const create = CreateBudgetRequest.fromPartial({ budget });
    shown = (await call(client.createBudget.bind(client), create, settings.apiKey)).budget;
  } catch (error) {
    if (!(error instanceof ServiceError && error.reason === 'BUDGET_EXISTS')) throw error;
    await refuseOtherKind(client, input, budget);
    const change = UpdateBudgetRequest.fromPartial({
      id,
      tenant,
      limit,
      alertPercents: alertPercents.length === 0 ? undefined : { percents: alertPercents },
      description: textOption(input, 'description') === undefined ? undefined : description,
      receivers: input.options.receivers === undefined ? undefined : { ids: receivers },
      actions: actions.length === 0 ? undefined : { actions },
    });
    shown = (await call(client.updateBudget.bind(client), change, settings.apiKey)).budget;
  }
  if (shown === undefined) return;
  if (output.json) output.value(shown);
  else output.line(describeBudget(shown));
};

/** What a budget counts, for what and in which time stays: the command must not seem to have changed it. */
async function refuseOtherKind(
  client: BudgetServiceClient,
  input: CommandInput,
  wanted: Budget,
): Promise<void> {
  const { id, tenant } = wanted;
  const { budget } = await call(client.getBudget.bind(client), { id, tenant }, input.settings.apiKey);
  if (budget === undefined) return;
  const differs = (['unit', 'period', 'enforcement'] as const).filter(
    (field) => budget[field] !== wanted[field],
  );
  if (wanted.timeZone !== '' && wanted.timeZone !== budget.timeZone) throw otherKind(id, 'time zone');
  if (differs[0] !== undefined) throw otherKind(id, differs[0]);
  const scope = JSON.stringify({ ...budget.scope, _unknownFields: undefined });
  if (scope !== JSON.stringify({ ...wanted.scope, _unknownFields: undefined })) throw otherKind(id, 'scope');
}

const otherKind = (id: string, what: string): UsageError =>
  new UsageError(
    `budget ${id} is there with another ${what}, which cannot be changed: delete it first, or take another id`,
  );

const remove: Action = async (client, input) => {
  const id = idOf(input);
  const request = { id, tenant: textOption(input, 'tenant') ?? '' };
  await call(client.deleteBudget.bind(client), request, input.settings.apiKey);
  input.output.line(`Budget ${id} is deleted.`);
};

function idOf({ positionals: [name, id] }: CommandInput): string {
  if (id === undefined) throw new UsageError(`budgets ${name} needs the id of a budget`);
  return id;
}

const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ['list', list],
  ['get', get],
  ['set', set],
  ['delete', remove],
]);
