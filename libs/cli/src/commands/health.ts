import type {
  HealthChange,
  HealthServiceClient,
  WatchProviderHealthResponse,
} from '@switchyard/contracts/health';
import { type Command, type CommandInput, textOption, UsageError } from '../command.ts';
import { durationOption } from '../duration-option.ts';
import { call } from '../grpc-call.ts';
import { type HealthRow, readHealth, readHistory, withHealthClient } from '../health/read-health.ts';
import { renderHealth, renderHistory, renderProvider } from '../health/render-health.ts';
import { stateTone, stateWord } from '../health/state-word.ts';
import { watchHealth } from '../health/watch-health.ts';
import { renderCsv } from '../output/csv.ts';
import { formatTime } from '../output/format.ts';
import { paint } from '../output/view.ts';

/** `switchyard health` */
export const health: Command = {
  usage: '[PROVIDER] [--history [--since 24h] [--csv]] [--watch] [--tenant T]',
  summary:
    'Shows how providers do: state, success rate, latency, uptime; with a PROVIDER its models, errors and last changes.',
  options: {
    history: { type: 'boolean' },
    watch: { type: 'boolean' },
    csv: { type: 'boolean' },
    since: { type: 'string' },
    tenant: { type: 'string' },
  },
  maxPositionals: 1,
  async run(input) {
    const { history, watch, csv, since } = input.options;
    if (history === true && watch === true) throw new UsageError('--history and --watch do not go together');
    if (history !== true && (csv === true || since !== undefined))
      throw new UsageError('--csv and --since go with --history');
    const show = history === true ? showHistory : watch === true ? showChanges : showNow;
    await withHealthClient(input.settings, (client) => show(client, input));
  },
};

/** Changes that are shown with a provider. */
const LAST_CHANGES = 5;

const addressOf = (input: CommandInput) => ({
  provider: input.positionals[0] ?? '',
  tenant: textOption(input, 'tenant') ?? '',
});

const jsonOf = ({ health, uptime }: HealthRow) => ({
  ...health,
  state: stateWord(health.state),
  uptime: uptime?.spans,
});

const changeJson = (change: HealthChange) => ({
  ...change,
  fromState: stateWord(change.fromState),
  toState: stateWord(change.toState),
});

async function showNow(client: HealthServiceClient, input: CommandInput): Promise<void> {
  const { settings, output } = input;
  const rendering = { nowMs: Date.now(), view: output.view };
  const address = addressOf(input);
  if (address.provider === '') {
    const rows = await readHealth(client, settings);
    if (output.json) return output.value(rows.map(jsonOf));
    if (rows.length === 0) return output.line('No providers are configured; "switchyard apply" adds some.');
    return output.text(renderHealth(rows, rendering));
  }
  const [found, uptimes, past] = await Promise.all([
    call(client.getProviderHealth.bind(client), address, settings.apiKey),
    call(client.getUptime.bind(client), address, settings.apiKey),
    call(
      client.getHealthHistory.bind(client),
      { ...address, startTime: undefined, endTime: undefined, pageSize: LAST_CHANGES, pageToken: '' },
      settings.apiKey,
    ),
  ]);
  const [uptime] = uptimes.providers;
  if (found.health === undefined) return;
  if (output.json)
    return output.value({
      ...jsonOf({ health: found.health, uptime }),
      changes: past.changes.map(changeJson),
    });
  output.text(renderProvider({ health: found.health, uptime }, past.changes, rendering));
}

async function showHistory(client: HealthServiceClient, input: CommandInput): Promise<void> {
  const { settings, output } = input;
  const startTime = new Date(Date.now() - durationOption(input, 'since', '24h'));
  const changes = await readHistory(client, settings, { ...addressOf(input), startTime });
  const words = changes.map(changeJson);
  if (output.json) return output.value(words);
  if (input.options.csv === true) {
    const rows = words.map(({ changedAt, provider, tenant, fromState, toState, reason }) => [
      changedAt?.toISOString() ?? '',
      ...[provider, tenant, fromState, toState, reason],
    ]);
    return output.text(renderCsv(['time', 'provider', 'tenant', 'from', 'to', 'reason'], rows));
  }
  if (changes.length === 0) return output.line('No state has changed in that time.');
  output.text(renderHistory(changes, output.view));
}

async function showChanges(client: HealthServiceClient, input: CommandInput): Promise<void> {
  const { settings, output, signal } = input;
  const { provider } = addressOf(input);
  const show = ({ providers }: WatchProviderHealthResponse) => {
    for (const one of providers) {
      if (provider !== '' && one.provider !== provider) continue;
      const word = stateWord(one.state);
      if (output.json) output.jsonLine({ ...one, state: word });
      else
        output.line(
          `${formatTime(new Date())}  ${one.provider}  ${paint(word, stateTone(word), output.view)}: ${one.reason}`,
        );
    }
  };
  await watchHealth(client, { apiKey: settings.apiKey, signal }, show);
}
