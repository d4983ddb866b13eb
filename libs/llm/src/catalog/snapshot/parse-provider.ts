import type { Dialect } from '../../formats/dialect.ts';
import { type CatalogProvider, PROVIDER_KINDS } from '../catalog-provider.ts';
import { SnapshotError } from './snapshot-error.ts';
import type { SnapshotObject } from './snapshot-object.ts';

const FIELDS = ['id', 'name', 'wireFormat', 'baseUrl', 'auth', 'keyVariables', 'dialect', 'kind', 'pickedUp'];
const HTTPS_URL = /^https:\/\/[^/]+(?:\/.*)?[^/]$/;
/** What an operator runs may be reached without TLS, on the same machine. */
const LOCAL_URL = /^http:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?(?:\/.*)?[^/]$/;

/** One provider of a snapshot. */
export function parseProvider(object: SnapshotObject): CatalogProvider {
  object.only(FIELDS);
  const baseUrl = object.optionalString('baseUrl');
  const kind = object.oneOf('kind', PROVIDER_KINDS);
  const id = object.string('id');
  if (
    baseUrl !== undefined &&
    !HTTPS_URL.test(baseUrl) &&
    !(isRunByOperator(kind) && LOCAL_URL.test(baseUrl))
  )
    throw new SnapshotError(`the base URL of ${id} is not an https URL without a slash at the end`);
  if (object.flag('pickedUp') && baseUrl === undefined)
    throw new SnapshotError(`${id} would be picked up without a base URL`);
  return Object.freeze({
    id,
    name: object.string('name'),
    wireFormat: object.shaped('wireFormat', /^[a-z0-9-]{1,64}$/),
    baseUrl,
    auth: object.strings('auth'),
    keyVariables: object.strings('keyVariables'),
    dialect: object.has('dialect') ? parseDialect(object.object('dialect')) : undefined,
    kind,
    pickedUp: object.flag('pickedUp'),
    simulated: kind === 'simulated',
  });
}

const isRunByOperator = (kind: string): boolean => kind === 'local' || kind === 'gateway';

function parseDialect(object: SnapshotObject): Dialect {
  const known = ['known', 'unknown'] as const;
  return Object.freeze({
    maxTokensField: object.oneOf('maxTokensField', ['max_completion_tokens', 'max_tokens']),
    developerRole: object.oneOf('developerRole', ['developer', 'system']),
    seedField: object.has('seedField') ? object.oneOf('seedField', ['seed', 'random_seed']) : undefined,
    topK: object.oneOf('topK', known),
    penalties: object.oneOf('penalties', known),
    streamUsage: object.oneOf('streamUsage', ['on_request', 'always']),
    maxStopTexts: object.count('maxStopTexts'),
    user: object.oneOf('user', known),
    toolCallIds: object.has('toolCallIds') ? object.oneOf('toolCallIds', ['nine_alphanumeric']) : undefined,
    reasoningField: object.has('reasoningField')
      ? object.oneOf('reasoningField', ['reasoning_content'])
      : undefined,
  });
}
