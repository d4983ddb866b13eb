import type { ServerResponse } from 'node:http';
import { chatSurface, FieldReader, FormFile, Violations } from '@switchyard/llm';
import { awaitDrain, requirePermission } from '@switchyard/service-kit';
import type { BatchEntry } from '../batch/accept-batch.ts';
import { acceptFile } from '../batch/accept-file.ts';
import { idOf, publicId } from '../domain/batch/public-ids.ts';
import type { StoredFile } from '../domain/batch/stored-file.ts';
import { fileNotFound, invalidFields } from '../errors.ts';
import { type HttpCall, type HttpRoute, sendJson } from './http-call.ts';
import { encodeList, readListQuery } from './list-query.ts';
import { readForm } from './read-form.ts';

/** What the routes stand on. */
export type FilesEntry = Pick<BatchEntry, 'files' | 'clock'>;

const { encodeError } = chatSurface;
const MAX_FILENAME = 256;
const PREFIX = 'file-';

/** `POST /v1/files`. Source: https://platform.openai.com/docs/api-reference/files */
export const uploadFile = (entry: FilesEntry): HttpRoute => ({
  encodeError,
  answer: async ({ request, response, principal, take }) => {
    requirePermission(principal, 'routing.batch.write');
    const { filename, data } = decodeFileForm(await readForm(request, take));
    const file = await acceptFile({ tenant: principal.tenant, filename, data, field: 'file' }, entry);
    sendJson(response, { status: 200, body: encodeFile(file) });
  },
});

function decodeFileForm(form: Readonly<Record<string, unknown>>): FormFile {
  const violations = new Violations();
  const body = new FieldReader({ object: form as never, path: '', violations });
  body.oneOf('purpose', ['batch']) ?? (body.has('purpose') || body.refuse('purpose', 'is required: "batch"'));
  body.refuseOthers(['file', 'purpose']);
  const { file } = form;
  if (!(file instanceof FormFile)) body.refuse('file', 'is required, as a file');
  else if (file.filename.length > MAX_FILENAME)
    body.refuse('file', `may have a name of ${MAX_FILENAME} characters at most`);
  if (violations.list.length > 0) throw invalidFields(violations.list);
  return file as FormFile;
}

/** `GET /v1/files`: the newest first, but for `order=asc`. */
export const listFiles = ({ files }: FilesEntry): HttpRoute => ({
  encodeError,
  answer: async ({ response, principal, url }) => {
    requirePermission(principal, 'routing.batch.read');
    const { searchParams } = url;
    const bounds = { prefix: PREFIX, fallback: 1_000, max: 10_000, others: ['purpose'] } as const;
    const page = readListQuery(searchParams, bounds);
    const purpose = searchParams.get('purpose') ?? undefined;
    const found = await files.list(principal.tenant, { ...page, limit: page.limit + 1, purpose });
    const body = encodeList(found, { limit: page.limit, prefix: PREFIX, encode: encodeFile });
    sendJson(response, { status: 200, body });
  },
});

/** `GET /v1/files/{id}` and `GET /v1/files/{id}/content`. */
export const getFile = ({ files }: FilesEntry): HttpRoute => ({
  encodeError,
  answer: async ({ response, principal, url, signal }) => {
    requirePermission(principal, 'routing.batch.read');
    const path = url.pathname.slice('/v1/files/'.length);
    const name = path.replace(/\/content$/, '');
    const file = await find(files, principal.tenant, name);
    if (name === path) sendJson(response, { status: 200, body: encodeFile(file) });
    else await sendContents(response, { file, pieces: files.contents(file), signal });
  },
});

/** `DELETE /v1/files/{id}`. */
export const deleteFile = ({ files }: FilesEntry): HttpRoute => ({
  encodeError,
  answer: async ({ response, principal, url }) => {
    requirePermission(principal, 'routing.batch.write');
    const name = url.pathname.slice('/v1/files/'.length);
    const id = idOf(PREFIX, name);
    if (id === undefined) throw fileNotFound();
    await files.remove(principal.tenant, id);
    sendJson(response, { status: 200, body: { id: name, object: 'file', deleted: true } });
  },
});

async function find(files: FilesEntry['files'], tenant: string, name: string): Promise<StoredFile> {
  const id = idOf(PREFIX, name);
  const file = id === undefined ? undefined : await files.find(tenant, id);
  if (file === undefined) throw fileNotFound();
  return file;
}

interface SentContents extends Pick<HttpCall, 'signal'> {
  readonly file: StoredFile;
  readonly pieces: AsyncGenerator<Buffer, void, undefined>;
}

/** The status line waits for the first piece: until then a failure is an ordinary error. */
async function sendContents(response: ServerResponse, { file, pieces, signal }: SentContents): Promise<void> {
  const first = await pieces.next();
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': file.bytes });
  if (first.done !== true && !response.write(first.value)) await awaitDrain(response, signal);
  for await (const piece of pieces) {
    if (signal.aborted) return;
    if (!response.write(piece)) await awaitDrain(response, signal);
  }
  response.end();
}

const encodeFile = ({ id, bytes, filename, purpose, createdAtMs, expiresAtMs }: StoredFile) => ({
  id: publicId(PREFIX, id),
  object: 'file',
  bytes,
  created_at: Math.floor(createdAtMs / 1000),
  expires_at: Math.floor(expiresAtMs / 1000),
  filename,
  purpose,
  status: 'processed',
});
