import { err, ok, type Result } from '@switchyard/kernel';
import type { Envelope } from '../operations/envelope.ts';
import { type JsonObject, parseJsonObject } from './json.ts';
import type { Unsupported } from './unsupported.ts';
import type { WireFormatId } from './wire-format.ts';

const NONE: JsonObject = Object.freeze({});

/**
 * Fields that the caller wants merged into the body of a provider of this format; none for another format. A field that
 * has its place in the canonical request is refused here: it would get round limits, budgets and the choice of model.
 */
export function passthroughFor({
  request,
  format,
  reserved,
}: {
  readonly request: Pick<Envelope, 'passthroughJson' | 'passthroughFormat'>;
  readonly format: WireFormatId;
  /** Fields of the body that the canonical request decides. */
  readonly reserved: ReadonlySet<string>;
}): Result<JsonObject, Unsupported> {
  if (request.passthroughJson === '' || request.passthroughFormat !== format) return ok(NONE);
  const fields = parseJsonObject(request.passthroughJson);
  if (fields === undefined) {
    return err({ field: 'passthrough_json', description: 'is not a JSON object of reasonable depth' });
  }
  const taken = Object.keys(fields).find((name) => reserved.has(name));
  if (taken === undefined) return ok(fields);
  return err({ field: `passthrough_json.${taken}`, description: 'is decided by the request itself' });
}
