import { isDeeperThan, MAX_JSON_DEPTH } from '../formats/json.ts';
import type { FieldReader } from './field-reader.ts';

/** Fields of the body that have no place in the canonical request, for a provider of the same wire format; "" for none. */
export function decodePassthrough(body: FieldReader, reserved: ReadonlySet<string>): string {
  const fields = Object.entries(body.object).filter(([name]) => !reserved.has(name) && body.has(name));
  if (fields.length === 0) return '';
  const deep = fields.find(([, value]) => isDeeperThan(value, MAX_JSON_DEPTH - 1));
  if (deep === undefined) return JSON.stringify(Object.fromEntries(fields));
  body.refuse(deep[0], `may be nested ${MAX_JSON_DEPTH} deep at most`);
  return '';
}
