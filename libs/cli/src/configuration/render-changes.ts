import { ChangeAction, type ConfigurationChange } from '@switchyard/contracts/routing';
import { unreachable } from '@switchyard/kernel';

/** Longest value that is shown; what is longer ends in an ellipsis. */
const MAX_VALUE = 100;

/** Changes as lines for people: what comes (+), what changes (~) with its fields, what goes (-). */
export function renderChanges(changes: readonly ConfigurationChange[]): string {
  return changes.map((change) => `${headOf(change)}\n${fieldsOf(change)}`).join('');
}

/** How many there are of each kind: "3 changes: 2 added, 1 changed". */
export function countChanges(changes: readonly ConfigurationChange[]): string {
  const counts = Map.groupBy(changes, ({ action }) => describeAction(action));
  const parts = [...counts].map(([word, ones]) => `${ones.length} ${word}`);
  return `${changes.length} change${changes.length === 1 ? '' : 's'}: ${parts.join(', ')}`;
}

function headOf({ kind, id, tenant, action }: ConfigurationChange): string {
  const whose = tenant === '' ? 'the installation' : `tenant ${tenant}`;
  const name =
    kind === 'policy' ? `policy of ${whose}` : `${kind} ${id}${tenant === '' ? '' : ` of ${whose}`}`;
  return `${SIGNS[describeAction(action)]} ${name}`;
}

function fieldsOf({ action, fields }: ConfigurationChange): string {
  return fields
    .map(({ name, before, after }) => {
      const values =
        action === ChangeAction.ADDED ? shownValue(after) : `${shownValue(before)} → ${shownValue(after)}`;
      return `    ${name}: ${values}\n`;
    })
    .join('');
}

function shownValue(json: string): string {
  if (json === '') return '(default)';
  const shown = json.replace(
    /"(?:STRATEGY|PROVIDER_MODE|STICKY_KEY|EXPERIMENT_METRIC|EXPERIMENT_STATE)_([A-Z_]+)"/g,
    (_, word: string) => word.toLowerCase(),
  );
  return shown.length <= MAX_VALUE ? shown : `${shown.slice(0, MAX_VALUE - 1)}…`;
}

/** An action in a word. */
export function describeAction(action: ChangeAction): string {
  switch (action) {
    case ChangeAction.ADDED:
      return 'added';
    case ChangeAction.CHANGED:
      return 'changed';
    case ChangeAction.REMOVED:
      return 'removed';
    case ChangeAction.UNSPECIFIED:
    case ChangeAction.UNRECOGNIZED:
      return 'unknown';
    default:
      return unreachable(action);
  }
}

const SIGNS: Readonly<Record<string, string>> = { added: '+', changed: '~', removed: '-', unknown: '?' };
