import {
  type ApiKey,
  ApiKeyServiceClient,
  CreateApiKeyRequest,
  ListApiKeysRequest,
} from '@switchyard/contracts/credential';
import { type Command, type CommandInput, textOption, UsageError } from '../command.ts';
import { call, openClient } from '../grpc-call.ts';
import { renderTable } from '../output/table.ts';

/** `switchyard keys` */
export const keys: Command = {
  usage: '[list | create NAME | rotate ID | revoke ID] [--role R] [--tenant T] [--overlap SECONDS]',
  summary: 'Lists, makes, renews and ends API keys. A new key is shown once.',
  options: { role: { type: 'string' }, tenant: { type: 'string' }, overlap: { type: 'string' } },
  words: ['list', 'create', 'rotate', 'revoke'],
  maxPositionals: 2,
  async run(input) {
    const [action = 'list', subject] = input.positionals;
    const client = openClient(ApiKeyServiceClient, input.settings.credential);
    try {
      const act = ACTIONS.get(action);
      if (act === undefined)
        throw new UsageError(`keys ${action}? There are list, create, rotate and revoke`);
      if (action !== 'list' && subject === undefined)
        throw new UsageError(`keys ${action} needs a ${action === 'create' ? 'name' : 'key id'}`);
      await act(client, input, subject ?? '');
    } finally {
      client.close();
    }
  },
};

type Action = (client: ApiKeyServiceClient, input: CommandInput, subject: string) => Promise<void>;

const list: Action = async (client, input) => {
  const { settings, output } = input;
  const request = ListApiKeysRequest.fromPartial({
    tenant: textOption(input, 'tenant') ?? '',
    pageSize: 1_000,
  });
  const { apiKeys } = await call(client.listApiKeys.bind(client), request, settings.apiKey);
  if (output.json) output.value(apiKeys);
  else output.text(renderKeys(apiKeys));
};

const create: Action = async (client, input, name) => {
  const request = CreateApiKeyRequest.fromPartial({
    name,
    role: textOption(input, 'role') ?? '',
    tenant: textOption(input, 'tenant') ?? '',
  });
  showOnce(input, await call(client.createApiKey.bind(client), request, input.settings.apiKey));
};

const rotate: Action = async (client, input, id) => {
  const overlapSeconds = Number(textOption(input, 'overlap') ?? '0');
  if (!Number.isInteger(overlapSeconds) || overlapSeconds < 0)
    throw new UsageError('--overlap must be a whole number of seconds');
  const request = { id, overlapSeconds, tenant: textOption(input, 'tenant') ?? '' };
  showOnce(input, await call(client.rotateApiKey.bind(client), request, input.settings.apiKey));
};

const revoke: Action = async (client, input, id) => {
  const { apiKey } = await call(
    client.revokeApiKey.bind(client),
    { id, tenant: textOption(input, 'tenant') ?? '' },
    input.settings.apiKey,
  );
  if (input.output.json) input.output.value(apiKey);
  else input.output.line(`${id} is revoked; it is refused everywhere within 5 seconds.`);
};

const ACTIONS: ReadonlyMap<string, Action> = new Map(Object.entries({ list, create, rotate, revoke }));

function showOnce(
  { output }: CommandInput,
  created: { readonly apiKey: ApiKey | undefined; readonly secret: string },
): void {
  if (output.json) {
    output.value(created);
    return;
  }
  output.line(
    `${created.secret}\n\nKey ${created.apiKey?.id} (${created.apiKey?.role}, tenant ${created.apiKey?.tenant}). Keep it: it is not shown again.`,
  );
}

function renderKeys(apiKeys: readonly ApiKey[]): string {
  return renderTable(apiKeys, [
    { title: 'ID', cell: ({ id }) => id },
    { title: 'NAME', cell: ({ name }) => name },
    { title: 'ROLE', cell: ({ role }) => role },
    {
      title: 'TENANT',
      cell: ({ tenant, installation }) => (installation ? `${tenant} (installation)` : tenant),
    },
    { title: 'PREFIX', cell: ({ prefix }) => prefix },
    { title: 'CREATED', cell: ({ createdAt }) => createdAt?.toISOString() ?? '' },
    { title: 'STATE', cell: stateOf },
  ]);
}

function stateOf({ revokedAt, expiresAt }: ApiKey): string {
  if (revokedAt !== undefined) return `revoked ${revokedAt.toISOString()}`;
  return expiresAt === undefined ? 'active' : `until ${expiresAt.toISOString()}`;
}
