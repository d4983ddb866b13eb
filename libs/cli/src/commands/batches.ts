import { type Batch, BatchServiceClient } from '@switchyard/contracts/routing';
import { inWords, renderBatch, renderBatches } from '../batches/render-batches.ts';
import { type Command, type CommandInput, UsageError } from '../command.ts';
import { call, openClient } from '../grpc-call.ts';

/** Batches that are listed at most, the newest first. */
const MOST_LISTED = 1_000;
/** Most of a page. */
const PAGE_SIZE = 100;

/** `switchyard batches` */
export const batches: Command = {
  usage: '[list | get ID | cancel ID]',
  summary:
    'Lists batches, tells how far one is, and ends one. Lines that are under way when it is cancelled still end.',
  options: {},
  words: ['list', 'get', 'cancel'],
  maxPositionals: 2,
  async run(input) {
    const [action = 'list', id] = input.positionals;
    const act = ACTIONS.get(action);
    if (act === undefined) throw new UsageError(`batches ${action}? There are list, get and cancel`);
    if (action !== 'list' && id === undefined)
      throw new UsageError(`batches ${action} needs the id of a batch`);
    if (action === 'list' && id !== undefined)
      throw new UsageError(`batches list does not take ${JSON.stringify(id)}`);
    const client = openClient(BatchServiceClient, input.settings.routing);
    try {
      await act(client, input, id ?? '');
    } finally {
      client.close();
    }
  },
};

type Action = (client: BatchServiceClient, input: CommandInput, id: string) => Promise<void>;

const list: Action = async (client, { settings, output }) => {
  const found: Batch[] = [];
  for (let pageToken = ''; ; ) {
    const request = { pageSize: PAGE_SIZE, pageToken };
    const page = await call(client.listBatches.bind(client), request, settings.apiKey);
    found.push(...page.batches);
    pageToken = page.nextPageToken;
    if (pageToken === '' || found.length >= MOST_LISTED) break;
  }
  if (output.json) return output.value(found.map(inWords));
  if (found.length === 0) return output.line('There are no batches.');
  output.text(renderBatches(found, output.view));
  if (found.length >= MOST_LISTED) output.line(`Older ones than these ${MOST_LISTED} are not listed.`);
};

const get: Action = async (client, { settings, output }, id) => {
  const { batch } = await call(client.getBatch.bind(client), { id }, settings.apiKey);
  if (batch === undefined) return;
  if (output.json) output.value(inWords(batch));
  else output.text(renderBatch(batch, output.view));
};

const cancel: Action = async (client, { settings, output }, id) => {
  const { batch } = await call(client.cancelBatch.bind(client), { id }, settings.apiKey);
  if (batch === undefined) return;
  if (output.json) output.value(inWords(batch));
  else output.line(`${id} is ${inWords(batch).state}: no further line begins.`);
};

const ACTIONS: ReadonlyMap<string, Action> = new Map(Object.entries({ list, get, cancel }));
