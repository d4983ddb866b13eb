import { readFile } from 'node:fs/promises';
import { type Alert, AlertServiceClient, ListAlertsRequest } from '@switchyard/contracts/health';
import { readAlertDocument } from '../alerts/alert-document.ts';
import { applyAlerts, planAlertSecrets } from '../alerts/apply-alerts.ts';
import {
  alertStateWord,
  deliveryStateWord,
  renderAlerts,
  renderReceivers,
  renderRules,
} from '../alerts/render-alerts.ts';
import { type Command, type CommandInput, textOption, UsageError } from '../command.ts';
import type { DocumentProblem } from '../configuration/read-value.ts';
import { SecretStore } from '../configuration/secret-store.ts';
import { call, openClient } from '../grpc-call.ts';

/** Longest document that is read, in characters. */
const MAX_LENGTH = 1024 * 1024;
/** Alerts that are shown. */
const MAX_ALERTS = 500;

type Action = (client: AlertServiceClient, input: CommandInput) => Promise<void>;

const tenantOf = (input: CommandInput): string => textOption(input, 'tenant') ?? '';

/** `switchyard alerts` */
export const alerts: Command = {
  usage:
    '[list [--open] | rules | receivers | apply -f FILE [--prune] [--secrets] | test RECEIVER | remove-rule ID | remove-receiver ID] [--tenant T]',
  summary:
    'Shows alerts about providers and who was told of them; their rules and receivers come from a YAML or JSON document. --prune removes what is not in it; --secrets stores the secrets of "env:NAME" again.',
  words: ['list', 'rules', 'receivers', 'apply', 'test', 'remove-rule', 'remove-receiver'],
  options: {
    file: { type: 'string', short: 'f' },
    open: { type: 'boolean' },
    prune: { type: 'boolean' },
    secrets: { type: 'boolean' },
    tenant: { type: 'string' },
  },
  maxPositionals: 2,
  async run(input) {
    const [name = 'list'] = input.positionals;
    const action = ACTIONS.get(name);
    if (action === undefined)
      throw new UsageError(`alerts ${name}? There are ${[...ACTIONS.keys()].join(', ')}`);
    const client = openClient(AlertServiceClient, input.settings.healthProbe);
    try {
      await action(client, input);
    } finally {
      client.close();
    }
  },
};

function idOf({ positionals: [action, id] }: CommandInput): string {
  if (id === undefined) throw new UsageError(`alerts ${action} needs an id`);
  return id;
}

const list: Action = async (client, input) => {
  const { settings, output, options } = input;
  const asked = { tenant: tenantOf(input), openOnly: options.open === true, pageSize: MAX_ALERTS };
  const request = ListAlertsRequest.fromPartial(asked);
  const { alerts: found } = await call(client.listAlerts.bind(client), request, settings.apiKey);
  if (output.json) return output.value(found.map(inWords));
  if (found.length === 0) return output.line('No alerts.');
  output.text(renderAlerts(found, { view: output.view, nowMs: Date.now() }));
};

const inWords = ({ state, deliveries, ...alert }: Alert) => ({
  ...alert,
  state: alertStateWord(state),
  deliveries: deliveries.map((one) => ({ ...one, state: deliveryStateWord(one.state) })),
});

const rules: Action = async (client, input) => {
  const { settings, output } = input;
  const found = await call(client.listAlertRules.bind(client), { tenant: tenantOf(input) }, settings.apiKey);
  if (output.json) return output.value(found.rules);
  if (found.rules.length === 0)
    return output.line('There are no rules; "switchyard alerts apply" makes some.');
  output.text(renderRules(found.rules, output.view));
};

const receivers: Action = async (client, input) => {
  const { settings, output } = input;
  const found = await call(client.listReceivers.bind(client), { tenant: tenantOf(input) }, settings.apiKey);
  if (output.json) return output.value(found.receivers);
  if (found.receivers.length === 0)
    return output.line('There are no receivers; NATS is told of every alert.');
  output.text(renderReceivers(found.receivers, output.view));
};

const test: Action = async (client, input) => {
  const { settings, output } = input;
  const id = idOf(input);
  const request = { id, tenant: tenantOf(input) };
  const result = await call(client.testReceiver.bind(client), request, settings.apiKey);
  if (output.json) output.value({ delivered: result.delivered, error: result.error });
  else if (result.delivered) output.line(`${id} has taken the test.`);
  if (!result.delivered) throw new Error(`${id} was not told: ${result.error}`);
};

const removeRule: Action = async (client, input) => {
  const request = { id: idOf(input), tenant: tenantOf(input) };
  await call(client.deleteAlertRule.bind(client), request, input.settings.apiKey);
  input.output.line(`- rule ${request.id}`);
};

const removeReceiver: Action = async (client, input) => {
  const request = { id: idOf(input), tenant: tenantOf(input) };
  await call(client.deleteReceiver.bind(client), request, input.settings.apiKey);
  input.output.line(`- receiver ${request.id}`);
};

const apply: Action = async (client, input) => {
  const { settings, output, env, options } = input;
  const file = textOption(input, 'file');
  if (file === undefined) throw new UsageError('alerts apply needs a document: -f FILE');
  const tenant = tenantOf(input);
  const document = await load(file, tenant);
  using store = new SecretStore({ address: settings.credential, apiKey: settings.apiKey });
  const owners = new Set(document.secrets.map((secret) => secret.tenant));
  const stored = await store.list(owners);
  const { secrets, problems } = planAlertSecrets({
    ...{ document, stored, env },
    store: options.secrets === true ? 'all' : 'missing',
  });
  if (problems.length > 0) throw wrongDocument(file, problems);
  for (const secret of secrets) await store.put(secret, (env[secret.variable] ?? '').trim());
  const { apiKey } = settings;
  const applied = await applyAlerts(client, document, { apiKey, tenant, prune: options.prune === true });
  if (output.json) return output.value({ ...applied, secrets });
  for (const { id, variable } of secrets) output.line(`+ secret ${id} (its value is from ${variable})`);
  for (const what of applied.put) output.line(`= ${what}`);
  for (const what of applied.removed) output.line(`- ${what}`);
};

async function load(file: string, tenant: string) {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Error(`${file} cannot be read: ${error.message}`);
  });
  if (text.length > MAX_LENGTH) throw new Error(`${file} is longer than ${MAX_LENGTH} characters`);
  const read = readAlertDocument(text);
  if (!read.ok) throw wrongDocument(file, read.problems);
  const secrets = read.document.secrets.map((one) => ({ ...one, tenant: one.tenant || tenant }));
  return { ...read.document, secrets };
}

const wrongDocument = (file: string, problems: readonly DocumentProblem[]): Error =>
  new Error(
    problems
      .map(({ path, description }) => `${[`${file}:`, path].join(' ').trim()} ${description}`)
      .join('\n'),
  );

const ACTIONS: ReadonlyMap<string, Action> = new Map(
  Object.entries({
    ...{ list, rules, receivers, apply, test },
    'remove-rule': removeRule,
    'remove-receiver': removeReceiver,
  }),
);
