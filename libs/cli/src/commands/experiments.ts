import {
  type Experiment,
  ExperimentAdminServiceClient,
  ExperimentMetric,
  ExperimentState,
  ListExperimentsRequest,
  StickyKey,
} from '@switchyard/contracts/routing';
import { type Command, type CommandInput, textOption, UsageError } from '../command.ts';
import { readExperiment } from '../experiments/read-experiment.ts';
import { renderExperiment, renderExperiments } from '../experiments/render-experiment.ts';
import { call, openClient } from '../grpc-call.ts';
import { wordOf } from '../output/word-of.ts';

/** `switchyard experiments` */
export const experiments: Command = {
  usage:
    '[list | show ID | create -f FILE | create ID --model M --variant NAME=[WEIGHT:]MODEL… | start ID | stop ID | promote ID VARIANT | delete ID] [--tenant T]' +
    ' [--sticky-by request|agent|workflow|service|user|label:NAME] [--metric cost|latency|error_rate] [--significance 0.05] [--description TEXT]',
  summary:
    'Divides requests for a model among variants, and tells whether one is better. The first variant is the control.',
  options: {
    file: { type: 'string', short: 'f' },
    tenant: { type: 'string' },
    model: { type: 'string' },
    variant: { type: 'string', multiple: true },
    'sticky-by': { type: 'string' },
    metric: { type: 'string' },
    significance: { type: 'string' },
    description: { type: 'string' },
  },
  words: ['list', 'show', 'create', 'start', 'stop', 'promote', 'delete'],
  maxPositionals: 3,
  async run(input) {
    const [action = 'list', id, variant] = input.positionals;
    const act = ACTIONS.get(action);
    if (act === undefined)
      throw new UsageError(`experiments ${action}? There are ${[...ACTIONS.keys()].join(', ')}`);
    if (id === undefined && !['list', 'create'].includes(action))
      throw new UsageError(`experiments ${action} needs the id of an experiment`);
    if (variant !== undefined && action !== 'promote')
      throw new UsageError(`experiments ${action} does not take ${JSON.stringify(variant)}`);
    const client = openClient(ExperimentAdminServiceClient, input.settings.routing);
    try {
      await act(client, input);
    } finally {
      client.close();
    }
  },
};

type Action = (client: ExperimentAdminServiceClient, input: CommandInput) => Promise<void>;

/** Which experiment is meant. */
const addressOf = (input: CommandInput) => ({
  id: input.positionals[1] ?? '',
  tenant: textOption(input, 'tenant') ?? '',
});

const list: Action = async (client, input) => {
  const { settings, output } = input;
  const found: Experiment[] = [];
  const method = client.listExperiments.bind(client);
  let pageToken = '';
  do {
    const tenant = textOption(input, 'tenant') ?? '';
    const request = ListExperimentsRequest.fromPartial({ tenant, pageSize: 1_000, pageToken });
    const page = await call(method, request, settings.apiKey);
    found.push(...page.experiments);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  if (output.json) output.value(found.map(inWords));
  else if (found.length === 0)
    output.line('There are no experiments; "switchyard experiments create" drafts one.');
  else output.text(renderExperiments(found));
};

const show: Action = async (client, input) => {
  const { settings, output } = input;
  const method = client.getExperiment.bind(client);
  const { experiment, results } = await call(method, addressOf(input), settings.apiKey);
  if (output.json) output.value({ experiment: inWords(experiment), results });
  else if (experiment !== undefined) output.text(renderExperiment(experiment, results));
};

const create: Action = async (client, input) => {
  const wanted = await readExperiment(input, input.positionals[1]);
  const method = client.createExperiment.bind(client);
  const { experiment } = await call(method, { experiment: wanted }, input.settings.apiKey);
  tell(
    input,
    experiment,
    `is drafted; "switchyard experiments start ${wanted.id}" begins to divide requests.`,
  );
};

const start: Action = async (client, input) => {
  const method = client.startExperiment.bind(client);
  const { experiment } = await call(method, addressOf(input), input.settings.apiKey);
  tell(input, experiment, `divides requests for ${experiment?.model} now.`);
};

const stop: Action = async (client, input) => {
  const method = client.stopExperiment.bind(client);
  const { experiment } = await call(method, addressOf(input), input.settings.apiKey);
  tell(input, experiment, `is stopped; requests go to ${experiment?.model} itself. Its results stay.`);
};

const promote: Action = async (client, input) => {
  const variant = input.positionals[2];
  if (variant === undefined) throw new UsageError('experiments promote needs the name of a variant');
  const method = client.promoteVariant.bind(client);
  const { experiment } = await call(method, { ...addressOf(input), variant }, input.settings.apiKey);
  tell(input, experiment, `has ended; ${variant} answers for ${experiment?.model} until it is deleted.`);
};

const remove: Action = async (client, input) => {
  const address = addressOf(input);
  await call(client.deleteExperiment.bind(client), address, input.settings.apiKey);
  if (input.output.json) input.output.value({});
  else input.output.line(`Experiment ${address.id} is deleted, with its results.`);
};

const ACTIONS: ReadonlyMap<string, Action> = new Map(
  Object.entries({ list, show, create, start, stop, promote, delete: remove }),
);

function tell({ output }: CommandInput, experiment: Experiment | undefined, what: string): void {
  if (output.json) output.value(inWords(experiment));
  else output.line(`Experiment ${experiment?.id} ${what}`);
}

/** With words for programs, too, as a document has them. */
const inWords = (experiment: Experiment | undefined) =>
  experiment && {
    ...experiment,
    stickyBy: wordOf(StickyKey, experiment.stickyBy || StickyKey.REQUEST),
    metric: wordOf(ExperimentMetric, experiment.metric || ExperimentMetric.COST),
    state: wordOf(ExperimentState, experiment.state),
  };
