import { err, ok, type Result } from '@switchyard/kernel';
import type { Catalog } from '../catalog.ts';
import type { SnapshotTables } from './decode-extras.ts';
import { decodeTraits } from './decode-traits.ts';
import { LoadedCatalog } from './loaded-catalog.ts';
import { parseProvider } from './parse-provider.ts';
import { SnapshotError } from './snapshot-error.ts';
import { SnapshotObject } from './snapshot-object.ts';
import { SNAPSHOT_FORM } from './snapshot-shape.ts';

const ROOT = { parent: undefined, key: 'snapshot' };

/**
 * Reads a snapshot; the error says what is wrong and where. Providers and the keys of offerings are checked at once, and
 * the rest of an offering when its provider is asked for: see {@link checkCatalog}.
 */
export function loadCatalog(json: unknown): Result<Catalog, string> {
  return attempt(() => parseCatalog(new SnapshotObject(json, ROOT)));
}

/** Same as {@link loadCatalog}, for a snapshot that was not checked when it was made: every offering is read. */
export function checkCatalog(json: unknown): Result<Catalog, string> {
  return attempt(() => {
    const catalog = parseCatalog(new SnapshotObject(json, ROOT));
    for (const _ of catalog.offerings());
    return catalog;
  });
}

function attempt(read: () => Catalog): Result<Catalog, string> {
  try {
    return ok(read());
  } catch (error) {
    if (error instanceof SnapshotError) return err(error.message);
    throw error;
  }
}

function parseCatalog(snapshot: SnapshotObject): Catalog {
  const form = snapshot.count('form');
  if (form !== SNAPSHOT_FORM) throw new SnapshotError(`snapshot.form is ${form}, not ${SNAPSHOT_FORM}`);
  const providers = snapshot.objects('providers').map(parseProvider);
  const byId = new Map(providers.map((provider) => [provider.id, provider]));
  if (byId.size !== providers.length) throw new SnapshotError('snapshot.providers holds an id twice');
  const tables: SnapshotTables = {
    words: snapshot.strings('words'),
    traits: snapshot.objects('traits').map(decodeTraits),
    sourceNames: snapshot
      .objects('sources')
      .map((source) => `${source.string('id')} ${source.string('retrieved')}`),
  };
  const offerings = snapshot.object('offerings');
  const stranger = offerings.names().find((id) => !byId.has(id));
  if (stranger !== undefined) throw new SnapshotError(`snapshot.offerings has ${stranger}, no provider`);
  const rows = new Map(providers.map(({ id }) => [id, offerings.list(id)]));
  const expected = snapshot.count('count');
  const found = [...rows.values()].reduce((sum, { length }) => sum + length, 0);
  if (found !== expected)
    throw new SnapshotError(`snapshot.offerings holds ${found} of ${expected}: it is not whole`);
  return new LoadedCatalog({ providers: byId, rows, tables });
}
