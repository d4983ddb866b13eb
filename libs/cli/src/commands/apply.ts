import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { ApplyBudgetsRequest, BudgetServiceClient } from '@switchyard/contracts/cost';
import {
  ApplyConfigurationRequest,
  ApplyConfigurationResponse,
  ConfigurationAdminServiceClient,
  type ConfigurationChange,
} from '@switchyard/contracts/routing';
import { ServiceError } from '@switchyard/kernel';
import { type Command, type CommandInput, textOption, UsageError } from '../command.ts';
import { type ConfigurationDocument, readDocument, withTenant } from '../configuration/document.ts';
import { planSecrets, type SecretToStore } from '../configuration/plan-secrets.ts';
import type { DocumentProblem } from '../configuration/read-value.ts';
import { countChanges, describeAction, renderChanges } from '../configuration/render-changes.ts';
import { SecretStore } from '../configuration/secret-store.ts';
import { call, openClient } from '../grpc-call.ts';

/** Longest document that is read, in characters. */
const MAX_LENGTH = 10 * 1024 * 1024;

/** How often a plan is made again that others' changes have come in between of. */
const MAX_ATTEMPTS = 5;

/** `switchyard apply` */
export const apply: Command = {
  usage: '-f FILE [--dry-run] [--prune] [--expect-version N] [--tenant T] [--secrets]',
  summary:
    'Brings providers, pools, policies and experiments, all or nothing, and then budgets, all or nothing, to what a YAML or JSON document says, and shows what changes. --prune removes what is not in it; --expect-version refuses where the configuration has another version than that of a dry run or an export; --secrets stores the keys of "credential: env:NAME" again.',
  options: {
    file: { type: 'string', short: 'f' },
    'dry-run': { type: 'boolean' },
    prune: { type: 'boolean' },
    'expect-version': { type: 'string' },
    tenant: { type: 'string' },
    secrets: { type: 'boolean' },
  },
  maxPositionals: 0,
  async run(input) {
    const file = textOption(input, 'file');
    if (file === undefined) throw new UsageError('apply needs a document: -f FILE');
    const { settings, env, options } = input;
    const expectedVersion = versionOption(input);
    const document = await load(file, textOption(input, 'tenant'));
    using store = new SecretStore({ address: settings.credential, apiKey: settings.apiKey });
    const secrets = await secretsOf(document, { input, file, store });
    // The whole of it is checked before anything is stored anywhere.
    const to = { input, file };
    const plan = await send(document, { ...to, mode: 'check', expectedVersion });
    const planned = await sendBudgets(document, { ...to, mode: 'check' });
    if (options['dry-run'] === true)
      return show(input, { applied: withBudgets(plan, planned), secrets, isDryRun: true });
    for (const secret of secrets) await store.put(secret, env[secret.variable] ?? '');
    const applied =
      expectedVersion === undefined
        ? await applyPlanned(document, plan, to)
        : await send(document, { ...to, mode: 'apply', expectedVersion });
    const budgets = await sendBudgets(document, { ...to, mode: 'apply' });
    show(input, { applied: withBudgets(applied, budgets), secrets, isDryRun: false });
  },
};

function versionOption(input: CommandInput): string | undefined {
  const version = textOption(input, 'expect-version');
  if (version !== undefined && !/^\d{1,19}$/.test(version))
    throw new UsageError(`--expect-version must be a version such as 12, not ${version}`);
  return version;
}

/**
 * Applies what was planned and nothing else. Whoever changed something else in between is no hindrance: where the plan is still
 * the same it is applied to what there is now.
 */
async function applyPlanned(
  document: ConfigurationDocument,
  planned: ApplyConfigurationResponse,
  to: { readonly input: CommandInput; readonly file: string },
): Promise<ApplyConfigurationResponse> {
  let plan = planned;
  for (let attempt = 1; ; attempt++) {
    try {
      return await send(document, { ...to, mode: 'apply', expectedVersion: plan.version });
    } catch (error) {
      if (!isVersionMismatch(error) || attempt === MAX_ATTEMPTS) throw error;
      plan = await send(document, { ...to, mode: 'check' });
      if (!isDeepStrictEqual(plan.changes, planned.changes)) throw error;
    }
  }
}

const isVersionMismatch = (error: unknown): boolean =>
  error instanceof ServiceError && error.reason === 'VERSION_MISMATCH';

async function load(file: string, tenant: string | undefined): Promise<ConfigurationDocument> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Error(`${file} cannot be read: ${error.message}`);
  });
  if (text.length > MAX_LENGTH) throw new Error(`${file} is longer than ${MAX_LENGTH} characters`);
  const read = readDocument(text);
  if (!read.ok) throw wrongDocument(file, read.problems);
  const { configuration } = read.document;
  return tenant === undefined
    ? read.document
    : { ...read.document, configuration: withTenant(configuration, tenant) };
}

const wrongDocument = (file: string, problems: readonly DocumentProblem[]): Error =>
  new Error(
    problems
      .map(({ path, description }) => `${[`${file}:`, path].join(' ').trim()} ${description}`)
      .join('\n'),
  );

async function secretsOf(
  { configuration, credentials }: ConfigurationDocument,
  { input, file, store }: { input: CommandInput; file: string; store: SecretStore },
): Promise<readonly SecretToStore[]> {
  if (credentials.length === 0) return [];
  const owners = new Set(credentials.map(({ index }) => configuration.providers[index]?.tenant ?? ''));
  const { secrets, problems } = planSecrets({
    configuration,
    credentials,
    stored: await store.list(owners),
    store: input.options.secrets === true ? 'all' : 'missing',
    env: input.env,
  });
  if (problems.length > 0) throw wrongDocument(file, problems);
  return secrets;
}

interface SendOptions {
  readonly input: CommandInput;
  readonly file: string;
  readonly mode: 'check' | 'apply';
  readonly expectedVersion?: string | undefined;
}

async function send(
  { configuration, hasConfiguration }: ConfigurationDocument,
  { input, file, mode, expectedVersion }: SendOptions,
): Promise<ApplyConfigurationResponse> {
  const { settings, options } = input;
  if (!hasConfiguration) return ApplyConfigurationResponse.create();
  const request = ApplyConfigurationRequest.fromPartial({
    configuration,
    prune: options.prune === true,
    dryRun: mode === 'check',
    tenant: textOption(input, 'tenant'),
    expectedVersion,
  });
  const client = openClient(ConfigurationAdminServiceClient, settings.routing);
  try {
    return await call(client.applyConfiguration.bind(client), request, settings.apiKey);
  } catch (error) {
    throw placed(error, file);
  } finally {
    client.close();
  }
}

/** Budgets are cost-accounting's: all of them are applied, or none. */
async function sendBudgets(
  { budgets }: ConfigurationDocument,
  { input, file, mode }: SendOptions,
): Promise<readonly ConfigurationChange[]> {
  if (budgets === undefined) return [];
  const { settings, options } = input;
  const request = ApplyBudgetsRequest.fromPartial({
    budgets: [...budgets],
    prune: options.prune === true,
    dryRun: mode === 'check',
    tenant: textOption(input, 'tenant'),
  });
  const client = openClient(BudgetServiceClient, settings.costAccounting);
  try {
    return (await call(client.applyBudgets.bind(client), request, settings.apiKey)).changes;
  } catch (error) {
    throw placed(error, file);
  } finally {
    client.close();
  }
}

/** What is wrong with the document is told by its places in it. */
function placed(error: unknown, file: string): unknown {
  if (!(error instanceof ServiceError) || error.violations.length === 0) return error;
  return wrongDocument(
    file,
    error.violations.map(({ field, description }) => ({ path: field, description })),
  );
}

const withBudgets = (
  applied: ApplyConfigurationResponse,
  budgets: readonly ConfigurationChange[],
): ApplyConfigurationResponse => ({ ...applied, changes: [...applied.changes, ...budgets] });

interface Shown {
  readonly applied: ApplyConfigurationResponse;
  readonly secrets: readonly SecretToStore[];
  readonly isDryRun: boolean;
}

function show({ output }: CommandInput, { applied, secrets, isDryRun }: Shown): void {
  const { changes, version } = applied;
  if (output.json) {
    const described = changes.map((change) => ({ ...change, action: describeAction(change.action) }));
    output.value({ changes: described, secrets, version, dryRun: isDryRun });
    return;
  }
  for (const { id, variable } of secrets) output.line(`+ secret ${id} (its value is from ${variable})`);
  output.text(renderChanges(changes));
  // Budgets alone have no version.
  const at = version === '' ? [] : [`version ${version}`];
  if (changes.length === 0 && secrets.length === 0) {
    output.line(['no changes', ...at].join('; '));
    return;
  }
  const counted = changes.length === 0 ? 'no changes beside secrets' : countChanges(changes);
  const dry = ['dry run: nothing was changed', ...at].join('; ');
  output.line(isDryRun ? `${counted} (${dry})` : [counted, ...at].join('; '));
}
