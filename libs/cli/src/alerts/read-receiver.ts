import { Receiver } from '@switchyard/contracts/alert';
import { isPlainObject, type Place, readObject } from '../configuration/read-value.ts';
import { RECEIVER_FIELDS } from './alert-schema.ts';

/** A secret that a receiver of a document refers to by `env:NAME`. */
export interface ReceiverSecret {
  readonly id: string;
  /** '' for the installation's. */
  readonly tenant: string;
  /** Environment variable that holds it. */
  readonly variable: string;
  /** Field of the document that names the variable. */
  readonly path: string;
  /** Where it may be used; undefined: where its own value leads. */
  readonly destination: string | undefined;
}

/** What may be `env:NAME`, what reference it becomes, and which field says where the secret is used. */
const SECRETS = {
  webhook: { field: 'secret', reference: 'signing_secret_ref', destination: 'url' },
  slack: { field: 'url', reference: 'webhook_ref', destination: undefined },
  email: { field: 'password', reference: 'password_ref', destination: 'server' },
} as const;

/** A receiver as a message has it; its secrets become references, and are told. */
export function readReceiver(
  item: unknown,
  place: Place,
  onSecret: (secret: ReceiverSecret) => void,
): Receiver | undefined {
  if (!isPlainObject(item)) {
    place.report(place.path, 'must have fields');
    return undefined;
  }
  const kinds = Object.keys(SECRETS).filter((name): name is keyof typeof SECRETS => name in item);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    place.report(place.path, `must have one of ${Object.keys(SECRETS).join(', ')}`);
    return undefined;
  }
  const target = item[kind];
  const referring = isPlainObject(target) ? { ...item, [kind]: withReference(item, target) } : item;
  const read = readObject(referring, RECEIVER_FIELDS, place);
  if (read === undefined) return undefined;
  const { [kind]: value, ...named } = read;
  return Receiver.fromPartial({ ...named, target: { $case: kind, value } } as Parameters<
    typeof Receiver.fromPartial
  >[0]);

  function withReference(
    { id, tenant }: Readonly<Record<string, unknown>>,
    fields: Readonly<Record<string, unknown>>,
  ): Readonly<Record<string, unknown>> {
    const { field, reference, destination } = SECRETS[kind as keyof typeof SECRETS];
    if (!(field in fields)) return fields;
    const { [field]: secret, ...rest } = fields;
    const path = `${place.path}.${kind}.${field}`;
    const variable = typeof secret === 'string' ? /^env:([A-Za-z_]\w*)$/.exec(secret)?.[1] : undefined;
    // Whatever stands there is not shown: it may be the secret itself.
    if (variable === undefined) {
      place.report(path, 'must be env:NAME, never the secret itself');
      return rest;
    }
    const secretId = `alert/${String(id)}`;
    const owner = typeof tenant === 'string' ? tenant : '';
    const used = destination === undefined ? undefined : String(rest[destination] ?? '');
    onSecret({ id: secretId, tenant: owner, variable, path, destination: used });
    return { ...rest, [reference]: secretId };
  }
}
