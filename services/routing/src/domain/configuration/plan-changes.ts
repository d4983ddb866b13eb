import { saysNothing } from '../policy/says-nothing.ts';
import {
  type ConfiguredObject,
  type ConfiguredObjects,
  objectKey,
  objectsOf,
  writtenFields,
} from './configured-object.ts';

/** A field whose value differs, as JSON; undefined where it has its default. */
export interface ChangedField {
  readonly name: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What has to be done with one object. */
export type PlannedChange = {
  readonly object: ConfiguredObject;
  readonly fields: readonly ChangedField[];
} & (
  | { readonly action: 'add' }
  | { readonly action: 'change'; readonly before: ConfiguredObject }
  | { readonly action: 'remove' }
);

/** What there is, and what there is to be. */
export interface PlanInput {
  readonly current: ConfiguredObjects;
  readonly wanted: ConfiguredObjects;
  /** 'remove': what is not wanted goes. */
  readonly others: 'keep' | 'remove';
}

/** What has to be done so that what is wanted is there; nothing where it is. Providers first, then pools, policies and experiments, by id. */
export function planChanges({ current, wanted, others }: PlanInput): PlannedChange[] {
  const there = new Map(objectsOf(current).map((object) => [objectKey(object), object]));
  const changes: PlannedChange[] = [];
  const wantedObjects = objectsOf(wanted).filter(saysSomething);
  for (const object of wantedObjects) {
    const before = there.get(objectKey(object));
    const fields = changedFields(before, object);
    if (before === undefined) changes.push({ action: 'add', object, fields });
    else if (fields.length > 0) changes.push({ action: 'change', before, object, fields });
  }
  const kept = new Set(wantedObjects.map(objectKey));
  // A policy that is given and says nothing is none, as of SetPolicy.
  const emptied = new Set(
    objectsOf(wanted)
      .filter((object) => !saysSomething(object))
      .map(objectKey),
  );
  for (const [key, object] of there)
    if (emptied.has(key) || (others === 'remove' && !kept.has(key)))
      changes.push({ action: 'remove', object, fields: [] });
  return changes.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
}

const saysSomething = (object: ConfiguredObject): boolean =>
  object.kind !== 'policy' || !saysNothing(object.value);

const KINDS = ['provider', 'pool', 'policy', 'experiment'];

const sortKey = ({ object }: PlannedChange): string => `${KINDS.indexOf(object.kind)} ${objectKey(object)}`;

function changedFields(before: ConfiguredObject | undefined, after: ConfiguredObject): ChangedField[] {
  const old = before === undefined ? new Map<string, string>() : writtenFields(before);
  const now = writtenFields(after);
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((name) => ({ name, before: old.get(name), after: now.get(name) }))
    .filter((field) => field.before !== field.after);
}
