import type { Recommendation } from '@switchyard/contracts/cost';
import {
  ApplyConfigurationRequest,
  type Configuration,
  ConfigurationAdminServiceClient,
  type ConfigurationChange,
  ExperimentState,
} from '@switchyard/contracts/routing';
import { type CommandInput, textOption } from '../../command.ts';
import { countChanges, renderChanges } from '../../configuration/render-changes.ts';
import { call, openClient } from '../../grpc-call.ts';
import { setProbed } from './set-probed.ts';

/** Does what a recommendation says, through the APIs that it is a matter of, with the caller's key; with --dry-run only tells what that changes. */
export async function applyRecommendation(input: CommandInput, found: Recommendation): Promise<void> {
  const { change, id } = found;
  if (change === undefined)
    throw new Error(
      `recommendation ${id} cannot be applied by a command: ${found.description}. Configure that provider first (switchyard apply -f)`,
    );
  if (change.$case === 'probesOff') return applyProbesOff(input, { id, provider: change.value.provider });
  const isDryRun = input.options['dry-run'] === true;
  const changes = await send(input, change.value, isDryRun);
  const { output } = input;
  if (output.json) return output.value({ id, changes, dryRun: isDryRun });
  output.text(renderChanges(changes));
  if (changes.length === 0) return output.line(`Recommendation ${id} is applied already.`);
  if (isDryRun) return output.line(`${countChanges(changes)} (dry run: nothing was changed).`);
  output.line(`${countChanges(changes)}; at every replica within a second.`);
  for (const line of whatHappens(change.value, id)) output.line(line);
}

async function send(
  input: CommandInput,
  configuration: Configuration,
  dryRun: boolean,
): Promise<readonly ConfigurationChange[]> {
  const { settings } = input;
  const client = openClient(ConfigurationAdminServiceClient, settings.routing);
  try {
    const tenant = textOption(input, 'tenant');
    const request = ApplyConfigurationRequest.fromPartial({ configuration, dryRun, tenant });
    return (await call(client.applyConfiguration.bind(client), request, settings.apiKey)).changes;
  } finally {
    client.close();
  }
}

function whatHappens({ experiments }: Configuration, id: string): string[] {
  const tried = experiments.filter(({ state }) => state === ExperimentState.RUNNING);
  return [
    ...tried.map(
      ({ id: experiment }) =>
        `One request in ten goes there: \`switchyard experiments show ${experiment}\` compares, \`switchyard experiments promote ${experiment} cheaper\` sends all.`,
    ),
    'What it saves is the column SAVED of `switchyard costs`.',
    `\`switchyard costs recommend undo ${id}\` takes it back.`,
  ];
}

async function applyProbesOff(
  input: CommandInput,
  { id, provider }: { readonly id: string; readonly provider: string },
): Promise<void> {
  const { output } = input;
  const isDryRun = input.options['dry-run'] === true;
  if (!isDryRun) await setProbed(input, { provider, active: false });
  if (output.json) return output.value({ id, probesOff: provider, dryRun: isDryRun });
  output.line(`${provider} is ${isDryRun ? 'to be ' : ''}probed no more${isDryRun ? ' (dry run)' : ''}.`);
  if (!isDryRun) output.line(`\`switchyard probing set ${provider}\` probes it again.`);
}
