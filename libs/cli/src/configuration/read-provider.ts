import { CREDENTIAL, DOCUMENT_LISTS } from './document-schema.ts';
import { isPlainObject, type Place, readObject } from './read-value.ts';

/** A key that a provider of a document refers to. */
export interface ProviderCredential {
  /** Place of the endpoint whose key it is among those of its provider; undefined: the provider's own. */
  readonly endpoint?: number;
  /** Environment variable that holds the key. */
  readonly variable: string;
}

/** Id of the secret that holds a provider's key, or that of one of its endpoints; the local start has the same. */
export const secretIdOf = (providerId: string, endpointId?: string): string =>
  endpointId === undefined ? `provider/${providerId}` : `provider/${providerId}/${endpointId}`;

/** A provider as a message has it: each `credential: env:NAME` becomes the reference of a secret, and is told. */
export function readProvider(
  item: unknown,
  place: Place,
  onCredential: (credential: ProviderCredential) => void,
): unknown {
  if (!isPlainObject(item)) return readObject(item, DOCUMENT_LISTS.providers, place);
  const id = String(item.id ?? '');
  const provider = withReference(item, place, {
    secretId: secretIdOf(id),
    onVariable: (variable) => onCredential({ variable }),
  });
  const endpoints = Array.isArray(item.endpoints)
    ? item.endpoints.map((one: unknown, endpoint) => {
        if (!isPlainObject(one)) return one;
        return withReference(
          one,
          { ...place, path: `${place.path}.endpoints[${endpoint}]` },
          {
            secretId: secretIdOf(id, String(one.id ?? '')),
            onVariable: (variable) => onCredential({ endpoint, variable }),
          },
        );
      })
    : item.endpoints;
  const whole = endpoints === undefined ? provider : { ...provider, endpoints };
  return readObject(whole, DOCUMENT_LISTS.providers, place);
}

function withReference(
  item: Readonly<Record<string, unknown>>,
  place: Place,
  { secretId, onVariable }: { secretId: string; onVariable: (variable: string) => void },
): Readonly<Record<string, unknown>> {
  if (!(CREDENTIAL in item)) return item;
  const { [CREDENTIAL]: credential, ...rest } = item;
  const path = `${place.path}.${CREDENTIAL}`;
  const variable = typeof credential === 'string' ? /^env:([A-Za-z_]\w*)$/.exec(credential)?.[1] : undefined;
  // Whatever stands there is not shown: it may be the key itself.
  if (variable === undefined) place.report(path, 'must be env:NAME, never the key itself');
  else onVariable(variable);
  if ('credential_ref' in rest)
    place.report(path, 'stands in place of credential_ref; leave one of both out');
  return { ...rest, credential_ref: secretId };
}
