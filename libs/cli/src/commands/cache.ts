import {
  CacheAdminServiceClient,
  ClearCacheRequest,
  type ClearCacheResponse,
  type GetCacheStatisticsResponse,
} from '@switchyard/contracts/routing';
import { evaluate } from '../cache/evaluate.ts';
import { type Command, type CommandInput, textOption, UsageError } from '../command.ts';
import { call, openClient } from '../grpc-call.ts';
import { formatCost, formatShare, UNKNOWN } from '../output/format.ts';

/** `switchyard cache` */
export const cache: Command = {
  usage: '[stats | clear [--model MODEL | --key KEY] | evaluate FILE --embedding-model MODEL] [--tenant T]',
  summary:
    'Shows what cached answers saved, or removes them: all, those of a model, or the one to a question; or measures how near in meaning questions must be.',
  options: {
    tenant: { type: 'string' },
    model: { type: 'string' },
    key: { type: 'string' },
    'embedding-model': { type: 'string' },
  },
  maxPositionals: 2,
  async run(input) {
    const { output } = input;
    const [action = 'stats', ...others] = input.positionals;
    if (action !== 'evaluate' && (others.length > 0 || input.options['embedding-model'] !== undefined))
      throw new UsageError('a file and --embedding-model belong to "cache evaluate"');
    switch (action) {
      case 'stats': {
        if (input.options.model !== undefined || input.options.key !== undefined)
          throw new UsageError('--model and --key belong to "cache clear"');
        const statistics = await readStatistics(input);
        return output.json ? output.value(statistics) : output.text(renderStatistics(statistics));
      }
      case 'clear': {
        const cleared = await clear(input);
        return output.json ? output.value(cleared) : output.line(renderCleared(cleared));
      }
      case 'evaluate':
        return evaluate(input);
      default:
        throw new UsageError(`there is no "cache ${action}"; use stats, clear or evaluate`);
    }
  },
};

function readStatistics(input: CommandInput): Promise<GetCacheStatisticsResponse> {
  const tenant = textOption(input, 'tenant') ?? '';
  return withClient(input, (client) =>
    call(client.getCacheStatistics.bind(client), { tenant }, input.settings.apiKey),
  );
}

function clear(input: CommandInput): Promise<ClearCacheResponse> {
  const request = ClearCacheRequest.fromPartial({
    tenant: textOption(input, 'tenant'),
    model: textOption(input, 'model'),
    key: textOption(input, 'key'),
  });
  return withClient(input, (client) => call(client.clearCache.bind(client), request, input.settings.apiKey));
}

async function withClient<Answer>(
  { settings }: CommandInput,
  ask: (client: CacheAdminServiceClient) => Promise<Answer>,
): Promise<Answer> {
  const client = openClient(CacheAdminServiceClient, settings.routing);
  try {
    return await ask(client);
  } finally {
    client.close();
  }
}

/** What a replica's cache has done for a tenant, in lines. */
export function renderStatistics(statistics: GetCacheStatisticsResponse): string {
  const { requests, savedNanoUsd, memoryEntries, memoryBytes, storeEntries, since } = statistics;
  const { embeddedQuestions, embeddingCostNanoUsd } = statistics;
  const all = Object.values(requests).reduce((sum, count) => sum + count, 0n);
  const hits = all - (requests.miss ?? 0n);
  const share = formatShare(all === 0n ? undefined : Number(hits) / Number(all));
  const by = ['hit-l1', 'hit-l2', 'hit-semantic', 'joined', 'miss']
    .filter((name) => requests[name] !== undefined)
    .map((name) => `${requests[name]} ${name}`);
  const lines = [
    `${all} requests that may be cached at this replica since ${since?.toISOString() ?? UNKNOWN}: ${hits} answered without a call (${share})`,
    ...(by.length === 0 ? [] : [`  ${by.join(', ')}`]),
    `Saved: ${formatCost(savedNanoUsd)}`,
    ...(embeddedQuestions === 0n
      ? []
      : [`Spent on embeddings of ${embeddedQuestions} questions: ${formatCost(embeddingCostNanoUsd)}`]),
    `In its memory: ${memoryEntries} answers of all tenants, about ${(Number(memoryBytes) / 1024 ** 2).toFixed(1)} MiB`,
    `Shared by replicas: ${storeEntries === undefined ? 'Redis is away, or not configured' : `${storeEntries} answers of this tenant`}`,
  ];
  return `${lines.join('\n')}\n`;
}

const renderCleared = ({ removedFromMemory, removedFromStore }: ClearCacheResponse): string =>
  `Removed ${removedFromMemory} answers from the memory of the replica that was asked, ${removedFromStore} from the shared store; the other replicas remove theirs.`;
