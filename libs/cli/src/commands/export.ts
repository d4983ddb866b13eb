import { ConfigurationAdminServiceClient, GetConfigurationRequest } from '@switchyard/contracts/routing';
import { type Command, textOption, UsageError } from '../command.ts';
import { writeDocument } from '../configuration/document.ts';
import { call, openClient } from '../grpc-call.ts';

/** `switchyard export` */
export const exportConfiguration: Command = {
  usage: '[-o yaml|json] [--tenant T]',
  summary:
    'Writes providers, pools, policies and experiments as one document that apply reads. No keys are in it.',
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
      const method = client.getConfiguration.bind(client);
      const { configuration, version } = await call(method, request, settings.apiKey);
      if (format === 'yaml')
        output.line(
          `# version ${version}; apply with --expect-version ${version} where nobody must have changed it since`,
        );
      if (configuration !== undefined) output.text(writeDocument(configuration, format));
    } finally {
      client.close();
    }
  },
};
