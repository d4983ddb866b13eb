import { chatSurface } from '@switchyard/llm';
import { requirePermission } from '@switchyard/service-kit';
import { AUTO_NAMES } from '../domain/pool/auto-names.ts';
import { visiblePools } from '../domain/pool/pool-index.ts';
import { suggestModels } from '../domain/request/suggest-models.ts';
import type { Offering } from '../domain/snapshot/offering.ts';
import { modelNotFound } from '../errors.ts';
import { visibleOfferings } from '../rpc/list-models.ts';
import type { SnapshotHolder } from '../runtime/snapshot-holder.ts';
import { type HttpRoute, sendJson } from './http-call.ts';

/** `GET /v1/models` and `GET /v1/models/{id}`: each pool, each model once, and each as `provider/model`. */
export const models = (snapshots: SnapshotHolder): HttpRoute => ({
  encodeError: chatSurface.encodeError,
  answer: async ({ response, principal, url }) => {
    requirePermission(principal, 'routing.provider.read');
    const offerings = visibleOfferings(snapshots.current, principal);
    const listed = new Map<string, object>(AUTO_NAMES.map((name) => [name, describe(name, 'switchyard')]));
    for (const { provider, model } of offerings) listed.set(model, describe(model, provider.id));
    for (const offering of offerings)
      listed.set(qualified(offering), describe(qualified(offering), offering.provider.id));
    // Last, for a pool comes before a model of the same name.
    for (const { id } of visiblePools(snapshots.current.pools, principal.tenant))
      listed.set(id, describe(id, 'switchyard'));
    const id = decodePath(url.pathname.slice('/v1/models/'.length));
    if (id === '') {
      sendJson(response, { status: 200, body: { object: 'list', data: [...listed.values()] } });
      return;
    }
    const found = listed.get(id);
    if (found === undefined)
      throw modelNotFound(id, {
        near: suggestModels(id, { tenant: principal.tenant, snapshot: snapshots.current }),
      });
    sendJson(response, { status: 200, body: found });
  },
});

/** A path as it was meant; as it is where it is badly encoded: then no model has this name. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const qualified = ({ provider, model }: Offering): string => `${provider.id}/${model}`;

/** A model in OpenAI's shape; when it was made is not known. */
const describe = (id: string, ownedBy: string) => ({ id, object: 'model', created: 0, owned_by: ownedBy });
