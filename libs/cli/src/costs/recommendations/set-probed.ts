import { ProbeSettings, SetProbingRequest } from '@switchyard/contracts/health';
import { type CommandInput, textOption } from '../../command.ts';
import { call } from '../../grpc-call.ts';
import { withHealthClient } from '../../health/read-health.ts';

/** Turns probes of a provider on or off; what else is set of them stays. */
export function setProbed(
  { settings, ...input }: CommandInput,
  { provider, active }: { readonly provider: string; readonly active: boolean },
): Promise<void> {
  return withHealthClient(settings, async (client) => {
    const { providers } = await call(client.listProbing.bind(client), {}, settings.apiKey);
    const known = providers.find((one) => one.provider === provider);
    const request = SetProbingRequest.fromPartial({
      provider,
      tenant: textOption({ settings, ...input }, 'tenant') ?? known?.tenant ?? '',
      settings: ProbeSettings.fromPartial({ ...known?.settings, active }),
    });
    await call(client.setProbing.bind(client), request, settings.apiKey);
  });
}
