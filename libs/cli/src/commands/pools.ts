import { ListPoolsRequest, type Pool, PoolAdminServiceClient, Strategy } from '@switchyard/contracts/routing';
import { type Command, type CommandInput, textOption } from '../command.ts';
import { call, openClient } from '../grpc-call.ts';
import { renderTable } from '../output/table.ts';

/** Most pages that are read, of 1,000 pools each. */
const MAX_PAGES = 100;

/** `switchyard pools` */
export const pools: Command = {
  usage: '[--tenant T]',
  summary: 'Lists the pools that can be asked for as models, with who serves them.',
  options: { tenant: { type: 'string' } },
  maxPositionals: 0,
  async run(input) {
    const found = await listPools(input);
    if (input.output.json) return input.output.value(found);
    if (found.length === 0)
      return input.output.line('There are no pools; "switchyard apply" makes them from a document.');
    input.output.text(renderPools(found));
  },
};

/** The pools that the caller may ask for. */
export async function listPools(input: CommandInput): Promise<Pool[]> {
  const { settings } = input;
  const client = openClient(PoolAdminServiceClient, settings.routing);
  const tenant = textOption(input, 'tenant') ?? '';
  const found: Pool[] = [];
  let pageToken = '';
  try {
    for (let page = 0; page < MAX_PAGES; page++) {
      const request = ListPoolsRequest.fromPartial({ tenant, pageSize: 1_000, pageToken });
      const { pools: part, nextPageToken } = await call(
        client.listPools.bind(client),
        request,
        settings.apiKey,
      );
      found.push(...part);
      if (nextPageToken === '') break;
      pageToken = nextPageToken;
    }
    return found;
  } finally {
    client.close();
  }
}

/** Pools with their members as "provider/model", `*` for any. */
export const renderPools = (found: readonly Pool[]): string =>
  renderTable(found, [
    { title: 'POOL', cell: ({ id }) => id },
    { title: 'TENANT', cell: ({ tenant }) => (tenant === '' ? '–' : tenant) },
    { title: 'STRATEGY', cell: ({ strategy }) => strategyName(strategy) },
    { title: 'TASK TYPES', cell: ({ taskTypes }) => taskTypes.join(' ') },
    { title: 'MEMBERS', cell: membersOf },
  ]);

const membersOf = ({ members }: Pool): string =>
  members.length === 0
    ? 'whoever meets its requirements'
    : members.map(({ provider, model }) => `${provider || '*'}/${model || '*'}`).join(' ');

function strategyName(strategy: Strategy): string {
  const [name = ''] = Object.entries(Strategy).find(([, value]) => value === strategy) ?? [];
  return strategy === Strategy.UNSPECIFIED ? 'as the policy says' : name.toLowerCase();
}
