import type { Receiver } from '@switchyard/contracts/alert';
import { AlertRule } from '@switchyard/contracts/health';
import { parseDocument } from 'yaml';
import { type DocumentProblem, isPlainObject, type Report, readObject } from '../configuration/read-value.ts';
import { RULE_FIELDS } from './alert-schema.ts';
import { type ReceiverSecret, readReceiver } from './read-receiver.ts';

/** What a document says of alerts. */
export interface AlertDocument {
  readonly receivers: readonly Receiver[];
  readonly rules: readonly AlertRule[];
  readonly secrets: readonly ReceiverSecret[];
}

/** A document that was understood, or everything that is wrong with it. */
export type ReadAlertDocument =
  | { readonly ok: true; readonly document: AlertDocument }
  | { readonly ok: false; readonly problems: readonly DocumentProblem[] };

/** Reads a document of YAML, of which JSON is a part: `version: 1`, `receivers`, `rules`. */
export function readAlertDocument(text: string): ReadAlertDocument {
  const parsed = parseDocument(text, { intAsBigInt: true });
  const problems: DocumentProblem[] = [];
  const report: Report = (path, description) => problems.push({ path, description });
  const [error] = parsed.errors;
  // Only what and where, not the lines themselves: somebody may have written a secret into them.
  if (error !== undefined) report('', error.message.split(':\n')[0] ?? '');
  const document = error === undefined ? readRoot(parsed.toJS({ maxAliasCount: 100 }), report) : undefined;
  return document !== undefined && problems.length === 0 ? { ok: true, document } : { ok: false, problems };
}

function readRoot(root: unknown, report: Report): AlertDocument | undefined {
  if (!isPlainObject(root) || root.version !== 1n) {
    report('version', 'must be 1');
    return undefined;
  }
  for (const name of Object.keys(root)) {
    if (!['version', 'receivers', 'rules'].includes(name))
      report(name, 'is not known; known are version, receivers, rules');
  }
  const secrets: ReceiverSecret[] = [];
  const receivers = listOf(root, 'receivers', report).flatMap((item, index) => {
    const receiver = readReceiver(item, { path: `receivers[${index}]`, report }, (one) => secrets.push(one));
    return receiver === undefined ? [] : [receiver];
  });
  const rules = listOf(root, 'rules', report).map((item, index) =>
    AlertRule.fromPartial(readObject(item, RULE_FIELDS, { path: `rules[${index}]`, report }) ?? {}),
  );
  return { receivers, rules, secrets };
}

function listOf(root: Readonly<Record<string, unknown>>, name: string, report: Report): readonly unknown[] {
  const list = root[name] ?? [];
  if (Array.isArray(list)) return list;
  report(name, 'must be a list');
  return [];
}
