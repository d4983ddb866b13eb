import { parseDocument } from 'yaml';
import type { AliasTarget } from '../catalog.ts';
import { PROVIDER_KINDS } from '../catalog-provider.ts';
import { SnapshotError } from '../snapshot/snapshot-error.ts';
import { SnapshotObject } from '../snapshot/snapshot-object.ts';
import { type CatalogOverlay, OverlayError, type OverlayProvider } from './overlay.ts';
import { parseOverlayModel, residencyAt } from './parse-overlay-model.ts';

/** Longest overlay, in characters. */
const MAX_CHARACTERS = 4 * 1024 * 1024;
/** Most references to an anchor: enough for people, and not for a bomb. */
const MAX_ALIASES = 100;

/**
 * Reads an overlay, YAML or JSON. Unknown fields are refused: a misspelt one would be lost.
 *
 * @param file its name, for messages
 * @throws OverlayError
 */
export function parseOverlay(text: string, file: string): CatalogOverlay {
  try {
    return overlayOf(new SnapshotObject(parseYaml(text) ?? {}, { parent: undefined, key: '' }), file);
  } catch (error) {
    if (error instanceof SnapshotError)
      throw new OverlayError(`${file}: ${error.message.replace(/^\./, '')}`);
    throw error;
  }
}

function parseYaml(text: string): unknown {
  if (text.length > MAX_CHARACTERS)
    throw new SnapshotError(`it has ${text.length} characters, more than ${MAX_CHARACTERS}`);
  const document = parseDocument(text, { uniqueKeys: true });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw new SnapshotError(problem.message.split('\n')[0] ?? 'it is not YAML');
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    throw new SnapshotError((error as Error).message);
  }
}

function overlayOf(root: SnapshotObject, file: string): CatalogOverlay {
  root.only(['providers', 'models', 'aliases']);
  const aliases = root.has('aliases') ? root.object('aliases') : undefined;
  return {
    file,
    providers: root.objects('providers').map(parseProvider),
    models: root.objects('models').map(parseOverlayModel),
    aliases: new Map(
      (aliases?.names() ?? []).map((name) => [name, parseTarget(aliases as SnapshotObject, name)]),
    ),
  };
}

const PROVIDER_FIELDS = [
  'id',
  'name',
  'wire_format',
  'base_url',
  'auth',
  'key_variables',
  'kind',
  'residency',
  'compliance_tags',
];

function parseProvider(object: SnapshotObject): OverlayProvider {
  object.only(PROVIDER_FIELDS);
  const strings = (name: string) => (object.has(name) ? object.strings(name) : undefined);
  return {
    id: object.shaped('id', /^[a-z0-9-]{1,64}$/),
    name: object.optionalString('name'),
    wireFormat: object.has('wire_format') ? object.shaped('wire_format', /^[a-z0-9-]{1,64}$/) : undefined,
    baseUrl: object.has('base_url')
      ? object.shaped('base_url', /^https?:\/\/[^/]+(?:\/.*)?[^/]$/)
      : undefined,
    auth: strings('auth'),
    keyVariables: strings('key_variables'),
    kind: object.has('kind') ? object.oneOf('kind', PROVIDER_KINDS) : undefined,
    residency: residencyAt(object),
    complianceTags: strings('compliance_tags'),
  };
}

function parseTarget(aliases: SnapshotObject, name: string): AliasTarget {
  const text = aliases.shaped(name, /^[a-z0-9-]{1,64}\/.+$/);
  const slash = text.indexOf('/');
  return { provider: text.slice(0, slash), model: text.slice(slash + 1) };
}
