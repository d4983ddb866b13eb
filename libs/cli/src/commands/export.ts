import { ConfigurationAdminServiceClient, GetConfigurationRequest } from '@switchyard/contracts/routing';
import { type Command, textOption, UsageError } from '../command.ts';
import { writeDocument } from '../configuration/document.ts';
import { call, openClient } from '../grpc-call.ts';

/** `switchyard export` */
export const exportConfiguration: Command = {
  usage: '[-o yaml|json] [--tenant T]',
  summary: 'Writes providers, pools and policies as one document that apply reads. No keys are in it.',
  options: { output: { type: 'string', short: 'o' }, tenant: { type: 'string' } },
  maxPositionals: 0,
  async run(input) {
    const { settings, output } = input;
    const format = textOption(input, 'output') ?? (output.json ? 'json' : 'yaml');
    if (format !== 'yaml' && format !== 'json')
      throw new UsageError(`--output must be yaml or json, not ${format}`);
    const client = openClient(ConfigurationAdminServiceClient, settings.routing);
    try {
      const request = GetConfigurationRequest.fromPartial({ tenant: textOption(input, 'tenant') });
      const { configuration } = await call(client.getConfiguration.bind(client), request, settings.apiKey);
      if (configuration !== undefined) output.text(writeDocument(configuration, format));
    } finally {
      client.close();
    }
  },
};
