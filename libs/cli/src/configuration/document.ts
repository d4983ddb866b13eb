import type { Budget } from '@switchyard/contracts/cost';
import { Configuration, type Provider } from '@switchyard/contracts/routing';
import { parseDocument, stringify } from 'yaml';
import { readBudgetItem, writeBudgetItem } from '../budgets/budget-document.ts';
import { DOCUMENT_LISTS } from './document-schema.ts';
import { type ProviderCredential, readProvider } from './read-provider.ts';
import { type DocumentProblem, isPlainObject, type Report, readObject } from './read-value.ts';
import { writeObject } from './write-value.ts';

/** A key that a document refers to. */
export interface CredentialReference extends ProviderCredential {
  /** Place of the provider in the document. */
  readonly index: number;
}

/** What a document says. */
export interface ConfigurationDocument {
  readonly configuration: Configuration;
  /** Whether it says anything of providers, pools, policies or experiments, or nothing at all. */
  readonly hasConfiguration: boolean;
  readonly credentials: readonly CredentialReference[];
  /** Undefined where it has no such list: budgets are then left alone. */
  readonly budgets: readonly Budget[] | undefined;
}

/** A document that was understood, or everything that is wrong with it. */
export type ReadDocument =
  | { readonly ok: true; readonly document: ConfigurationDocument }
  | { readonly ok: false; readonly problems: readonly DocumentProblem[] };

/** Reads a document of YAML, of which JSON is a part. */
export function readDocument(text: string): ReadDocument {
  const parsed = parseDocument(text, { intAsBigInt: true });
  const problems: DocumentProblem[] = [];
  const report: Report = (path, description) => problems.push({ path, description });
  const [error] = parsed.errors;
  if (error === undefined) {
    const { lists, credentials, budgets } = readRoot(valueOfDocument(parsed, report), report);
    const configuration = () => Configuration.fromPartial(lists);
    const hasConfiguration = budgets === undefined || Object.keys(lists).length > 0;
    // What is wrong has no shape that a message could be made of.
    if (problems.length === 0)
      return {
        ok: true,
        document: { configuration: configuration(), hasConfiguration, credentials, budgets },
      };
    // Only what and where, not the lines themselves: somebody may have written a key into them.
  } else report('', error.message.split(':\n')[0] ?? '');
  return { ok: false, problems };
}

/** The document's plain value. Aliases that would grow it without end are refused by the library. */
function valueOfDocument(parsed: ReturnType<typeof parseDocument>, report: Report): unknown {
  try {
    return parsed.toJS();
  } catch (error) {
    report('', (error as Error).message);
    return {};
  }
}

interface ReadLists {
  readonly lists: Record<string, unknown>;
  readonly credentials: readonly CredentialReference[];
  readonly budgets: readonly Budget[] | undefined;
}

function readRoot(root: unknown, report: Report): ReadLists {
  if (!isPlainObject(root)) {
    report('', `must have version, and ${LIST_NAMES.join(', ')} or some of them`);
    return { lists: {}, credentials: [], budgets: undefined };
  }
  const { version, budgets, ...lists } = root;
  if (version !== 1n) report('version', 'must be 1');
  const credentials: CredentialReference[] = [];
  const read: Record<string, unknown> = {};
  for (const [name, list] of Object.entries(lists)) {
    if (!isListName(name)) report(name, `is not known; known are version, ${LIST_NAMES.join(', ')}`);
    else if (Array.isArray(list))
      read[name] = list.map((item, index) => {
        const place = { path: `${name}[${index}]`, report };
        if (name !== 'providers') return readObject(item, DOCUMENT_LISTS[name], place);
        return readProvider(item, place, (credential) => credentials.push({ index, ...credential }));
      });
    else if (list !== null) report(name, 'must be a list');
  }
  return { lists: read, credentials, budgets: readBudgets(budgets, report) };
}

function readBudgets(list: unknown, report: Report): readonly Budget[] | undefined {
  if (list === undefined || list === null) return undefined;
  if (Array.isArray(list))
    return list.flatMap((item, index) => readBudgetItem(item, { path: `budgets[${index}]`, report }) ?? []);
  report('budgets', 'must be a list');
  return undefined;
}

const LIST_NAMES = [...Object.keys(DOCUMENT_LISTS), 'budgets'];
const isListName = (name: string): name is keyof typeof DOCUMENT_LISTS => Object.hasOwn(DOCUMENT_LISTS, name);

/** How a document is written. */
export type DocumentFormat = 'yaml' | 'json';

/** What is written. */
export interface WrittenDocument {
  readonly configuration: Configuration;
  readonly budgets: readonly Budget[];
}

/** Writes a configuration and budgets as a document that gives the same when it is read. */
export function writeDocument({ configuration, budgets }: WrittenDocument, format: DocumentFormat): string {
  const lists = Object.entries(DOCUMENT_LISTS).map(([name, fields]) => {
    const objects: readonly object[] = configuration[name as keyof typeof DOCUMENT_LISTS];
    return [name, objects.map((one) => writeObject(one, fields))] as const;
  });
  const all = [...lists, ['budgets', budgets.map(writeBudgetItem)] as const];
  const document = { version: 1, ...Object.fromEntries(all.filter(([, list]) => list.length > 0)) };
  return format === 'json' ? `${JSON.stringify(document, null, 2)}\n` : stringify(document, { lineWidth: 0 });
}

/** A configuration in which what names no tenant belongs to one. */
export function withTenant(configuration: Configuration, tenant: string): Configuration {
  const own = <T extends Pick<Provider, 'tenant'>>(objects: readonly T[]): T[] =>
    objects.map((one) => (one.tenant === '' ? { ...one, tenant } : one));
  const { providers, pools, policies, experiments } = configuration;
  return {
    providers: own(providers),
    pools: own(pools),
    policies: own(policies),
    experiments: own(experiments),
  };
}
