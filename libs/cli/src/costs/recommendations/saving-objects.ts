import {
  type Configuration,
  ConfigurationAdminServiceClient,
  GetConfigurationRequest,
} from '@switchyard/contracts/routing';
import { type CommandInput, textOption } from '../../command.ts';
import { call, openClient } from '../../grpc-call.ts';

/** What pools and experiments of applied recommendations are called: `saving-<id>` and `saving-<id>-1`. */
const SAVING = /^saving-([0-9a-f]{12})(-\d+)?$/;

/** Pools and experiments that applying a recommendation has made. */
export function savingObjects({ pools, experiments }: Configuration, id: string) {
  const isOfIt = (one: { readonly id: string }) => SAVING.exec(one.id)?.[1] === id;
  return { pools: pools.filter(isOfIt), experiments: experiments.filter(isOfIt) };
}

/** The configuration that the caller may change. */
export async function readConfiguration(input: CommandInput): Promise<Configuration> {
  const { settings } = input;
  const client = openClient(ConfigurationAdminServiceClient, settings.routing);
  try {
    const request = GetConfigurationRequest.fromPartial({ tenant: textOption(input, 'tenant') });
    const { configuration } = await call(client.getConfiguration.bind(client), request, settings.apiKey);
    return configuration ?? { providers: [], pools: [], policies: [], experiments: [] };
  } finally {
    client.close();
  }
}

/** Ids of recommendations that were applied; none for who may not see the configuration. */
export async function appliedIds(input: CommandInput): Promise<ReadonlySet<string>> {
  const configuration = await readConfiguration(input).catch(() => undefined);
  return new Set(configuration?.pools.flatMap(({ id }) => SAVING.exec(id)?.[1] ?? []));
}
