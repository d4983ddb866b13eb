import {
  type EntranceUse,
  LimitAdminServiceClient,
  type LimitUse,
  ListLimitsRequest,
} from '@switchyard/contracts/routing';
import { type Command, type CommandInput, textOption } from '../command.ts';
import { call, openClient } from '../grpc-call.ts';
import { UNKNOWN } from '../output/format.ts';
import { renderTable } from '../output/table.ts';
import { PLAIN, type Tone, type View } from '../output/view.ts';

/** Most pages that are read, of 1,000 limits each. */
const MAX_PAGES = 100;

/** `switchyard limits` */
export const limits: Command = {
  usage: '[--tenant T]',
  summary: 'Shows how much of each limit of the providers is used, and how full routing is.',
  options: { tenant: { type: 'string' } },
  maxPositionals: 0,
  async run(input) {
    const { found, entrance } = await listLimits(input);
    const { output } = input;
    if (output.json) return output.value({ limits: found, entrance });
    if (found.length === 0)
      output.line('No provider has limits, and none has told of its own; `limits` of a provider set them.');
    else output.text(renderLimits(found, output.view));
    if (entrance !== undefined) output.line(`\n${describeEntrance(entrance)}`);
  },
};

async function listLimits(input: CommandInput) {
  const { settings } = input;
  const client = openClient(LimitAdminServiceClient, settings.routing);
  const tenant = textOption(input, 'tenant');
  const found: LimitUse[] = [];
  let entrance: EntranceUse | undefined;
  let pageToken = '';
  try {
    for (let page = 0; page < MAX_PAGES; page++) {
      const request = ListLimitsRequest.fromPartial({ tenant, pageToken });
      const part = await call(client.listLimits.bind(client), request, settings.apiKey);
      found.push(...part.limits);
      entrance = part.entrance;
      if (part.nextPageToken === '') break;
      pageToken = part.nextPageToken;
    }
    return { found, entrance };
  } finally {
    client.close();
  }
}

/** Limits with what is used of each. */
export const renderLimits = (found: readonly LimitUse[], view: View = PLAIN): string =>
  renderTable(
    found,
    [
      { title: 'PROVIDER', cell: ({ provider }) => provider },
      { title: 'ENDPOINT', cell: ({ endpoint }) => endpoint || UNKNOWN },
      { title: 'MODEL', cell: ({ model }) => model || 'all' },
      { title: 'LIMIT', cell: describeLimit },
      { title: 'LEFT', align: 'right', cell: ({ left }) => whole(left), tone: toneOf },
      {
        title: 'OF',
        align: 'right',
        cell: ({ capacity }) => (capacity === undefined ? UNKNOWN : whole(capacity)),
      },
      { title: 'COUNTED BY', cell: countedBy },
    ],
    view,
  );

const whole = (value: number | bigint): string =>
  (typeof value === 'number' ? Math.floor(value) : value).toLocaleString('en-US');

function describeLimit({ limit, value }: LimitUse): string {
  const words = limit.replace(/^provider_/, '').replaceAll('_', ' ');
  return value === undefined ? words : `${whole(value)} ${words}`;
}

function countedBy({ limit, shared }: LimitUse): string {
  if (limit.startsWith('provider_')) return 'the provider';
  return shared ? 'all replicas' : 'this replica';
}

/** Nothing left, or less than a tenth. */
function toneOf({ left, capacity }: LimitUse): Tone | undefined {
  if (left < 1) return 'bad';
  return capacity !== undefined && left < Number(capacity) / 10 ? 'warn' : undefined;
}

/** "12 of 16,384 requests under way, 3 of 1,024 wait (1 high, 2 low)". */
export function describeEntrance({ active, mostActive, queued, mostQueued }: EntranceUse): string {
  const waiting = Object.entries(queued).filter(([, count]) => count > 0);
  const sum = waiting.reduce((all, [, count]) => all + count, 0);
  const by = waiting.map(([priority, count]) => `${whole(count)} ${priority}`).join(', ');
  return `${whole(active)} of ${whole(mostActive)} requests under way, ${whole(sum)} of ${whole(mostQueued)} wait${by === '' ? '' : ` (${by})`}`;
}
