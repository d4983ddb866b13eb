import { BudgetServiceClient } from '@switchyard/contracts/cost';
import { ConfigurationAdminServiceClient, GetConfigurationRequest } from '@switchyard/contracts/routing';
import { listBudgets } from '../budgets/list-budgets.ts';
import { type Command, textOption, UsageError } from '../command.ts';
import { writeDocument } from '../configuration/document.ts';
import { call, openClient } from '../grpc-call.ts';

/** `switchyard export` */
export const exportConfiguration: Command = {
  usage: '[-o yaml|json] [--tenant T]',
  summary:
    'Writes providers, pools, policies, experiments and budgets as one document that apply reads. No keys are in it.',
  options: { output: { type: 'string', short: 'o' }, tenant: { type: 'string' } },
  maxPositionals: 0,
  async run(input) {
    const { settings, output } = input;
    const format = textOption(input, 'output') ?? (output.json ? 'json' : 'yaml');
    if (format !== 'yaml' && format !== 'json')
      throw new UsageError(`--output must be yaml or json, not ${format}`);
    const client = openClient(ConfigurationAdminServiceClient, settings.routing);
    const budgetClient = openClient(BudgetServiceClient, settings.costAccounting);
    try {
      const request = GetConfigurationRequest.fromPartial({ tenant: textOption(input, 'tenant') });
      const method = client.getConfiguration.bind(client);
      const { configuration, version } = await call(method, request, settings.apiKey);
      if (format === 'yaml')
        output.line(
          `# version ${version}; apply with --expect-version ${version} where nobody must have changed it since`,
        );
      const { apiKey } = settings;
      const budgets = await listBudgets(budgetClient, { tenant: textOption(input, 'tenant') ?? '', apiKey });
      if (configuration !== undefined) output.text(writeDocument({ configuration, budgets }, format));
    } finally {
      client.close();
      budgetClient.close();
    }
  },
};
