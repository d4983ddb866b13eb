import { chatSurface, FieldReader, Violations } from '@switchyard/llm';
import { requirePermission } from '@switchyard/service-kit';
import { type AskedBatch, acceptBatch, type BatchEntry } from '../batch/accept-batch.ts';
import type { ProviderBatchUse } from '../domain/batch/batch.ts';
import { idOf } from '../domain/batch/public-ids.ts';
import { batchNotFound, invalidFields } from '../errors.ts';
import { encodeBatch } from './encode-batch.ts';
import { type HttpRoute, sendJson } from './http-call.ts';
import { encodeList, readListQuery } from './list-query.ts';
import { readJson } from './read-body.ts';

const { encodeError } = chatSurface;
const PREFIX = 'batch_';
const PATH = '/v1/batches/';

/** `POST /v1/batches`. Source: https://platform.openai.com/docs/api-reference/batch */
export const createBatch = (entry: BatchEntry): HttpRoute => ({
  encodeError,
  answer: async ({ request, response, principal, take }) => {
    requirePermission(principal, 'routing.batch.write');
    const asked = decodeBatch(await readJson(request, take));
    const batch = await acceptBatch(asked, principal, entry);
    sendJson(response, { status: 200, body: encodeBatch(batch) });
  },
});

function decodeBatch(body: unknown): AskedBatch {
  const violations = new Violations();
  const object = typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
  const reader = new FieldReader({ object: object as never, path: '', violations });
  const asked = {
    inputFileId: reader.requiredString('input_file_id', 64),
    endpoint: reader.requiredString('endpoint', 64),
    metadata: readMetadata(reader),
    providerBatches: readUse(reader),
  };
  const window = reader.requiredString('completion_window', 16);
  if (window !== '' && window !== '24h') reader.refuse('completion_window', 'must be "24h"');
  reader.refuseOthers(['input_file_id', 'endpoint', 'metadata', 'completion_window', 'switchyard']);
  if (violations.list.length > 0) throw invalidFields(violations.list);
  return asked;
}

function readUse(reader: FieldReader): ProviderBatchUse {
  const own = reader.reader('switchyard');
  const said = own?.object.provider_batches;
  own?.refuseOthers(['provider_batches']);
  if (said === undefined) return 'auto';
  if (said === 'auto' || said === 'on' || said === 'off') return said;
  own?.refuse('provider_batches', 'must be "auto", "on" or "off"');
  return 'auto';
}

function readMetadata(reader: FieldReader): Record<string, string> {
  const { object } = reader.reader('metadata') ?? { object: {} };
  const entries = Object.entries(object);
  if (entries.some(([, value]) => typeof value !== 'string'))
    reader.refuse('metadata', 'values must be strings');
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** `GET /v1/batches`: the newest first. */
export const listBatches = ({ batches }: BatchEntry): HttpRoute => ({
  encodeError,
  answer: async ({ response, principal, url }) => {
    requirePermission(principal, 'routing.batch.read');
    const page = readListQuery(url.searchParams, { prefix: PREFIX, fallback: 20, max: 100 });
    const found = await batches.list(principal.tenant, { ...page, limit: page.limit + 1 });
    const body = encodeList(found, {
      limit: page.limit,
      prefix: PREFIX,
      encode: (batch) => encodeBatch(batch),
    });
    sendJson(response, { status: 200, body });
  },
});

/** `GET /v1/batches/{id}`. */
export const getBatch = ({ batches, handed }: BatchEntry): HttpRoute => ({
  encodeError,
  answer: async ({ response, principal, url }) => {
    requirePermission(principal, 'routing.batch.read');
    const batch = await batches.get(principal.tenant, batchId(url.pathname.slice(PATH.length)));
    sendJson(response, { status: 200, body: encodeBatch(batch, await handed.of(batch)) });
  },
});

/** `POST /v1/batches/{id}/cancel`. */
export const cancelBatch = ({ batches }: BatchEntry): HttpRoute => ({
  encodeError,
  answer: async ({ response, principal, url }) => {
    requirePermission(principal, 'routing.batch.write');
    const [name = '', what] = url.pathname.slice(PATH.length).split('/');
    if (what !== 'cancel') throw batchNotFound();
    const batch = await batches.cancel(principal.tenant, batchId(name));
    sendJson(response, { status: 200, body: encodeBatch(batch) });
  },
});

function batchId(name: string): string {
  const id = idOf(PREFIX, name);
  if (id === undefined) throw batchNotFound();
  return id;
}
