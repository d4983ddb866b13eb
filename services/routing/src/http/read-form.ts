import type { IncomingMessage } from 'node:http';
import { invalidArgument } from '@switchyard/kernel';
import { FormFile } from '@switchyard/llm';
import type { TakeBytes } from '@switchyard/service-kit';
import { readBody } from './read-body.ts';

/** Most fields of a form, files among them. */
const MAX_FIELDS = 64;

/** Reads a form as an object: texts and files by the names of their fields, lists where a name comes more than once. */
export async function readForm(
  request: IncomingMessage,
  take: TakeBytes,
): Promise<Readonly<Record<string, unknown>>> {
  const type = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data\s*;/i.test(type))
    throw invalidArgument({ field: '(body)', description: 'must be a form: multipart/form-data' });
  const body = await readBody(request, take);
  const fields: [string, string | FormFile][] = [];
  for (const [name, value] of await parse(body, type)) {
    if (fields.length === MAX_FIELDS)
      throw invalidArgument({ field: '(body)', description: `may have ${MAX_FIELDS} fields at most` });
    fields.push([name, typeof value === 'string' ? value : await fileOf(value)]);
  }
  const byName = Map.groupBy(fields, ([name]) => name);
  return Object.fromEntries(
    [...byName].map(([name, of]) => [name, of.length === 1 ? of[0]?.[1] : of.map(([, value]) => value)]),
  );
}

/** By the parser that Node has for answers: RFC 7578 as browsers write it. */
async function parse(body: Buffer, type: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  } catch {
    throw invalidArgument({ field: '(body)', description: 'is not a valid multipart/form-data form' });
  }
}

const fileOf = async (file: File): Promise<FormFile> =>
  new FormFile({ filename: file.name, mediaType: file.type, data: Buffer.from(await file.arrayBuffer()) });
