import { isObject, type JsonObject } from '../../formats/json.ts';
import { FieldReader, type Violations } from '../field-reader.ts';
import type { CallerHeaders } from '../surface.ts';
import { decodeExtension, type SwitchyardExtension } from './decode-extension.ts';
import { readSwitchyardHeaders } from './decode-headers.ts';
import type { HeaderValue } from './header-value.ts';

/** What a caller says to Switchyard itself: the `switchyard` object of the body and the `x-switchyard-*` headers, as one. */
export function readExtension(
  body: FieldReader,
  headers: CallerHeaders,
  violations: Violations,
): SwitchyardExtension {
  const { values, violations: wrong } = readSwitchyardHeaders(headers);
  for (const { field, description } of wrong) violations.add(field, description);
  if (values.length === 0) return decodeExtension(body);
  const told = body.object.switchyard ?? {};
  if (!isObject(told)) return decodeExtension(body);
  const object = { ...body.object, switchyard: withHeaders(told, values, violations) };
  return decodeExtension(new FieldReader({ object, path: '', violations }));
}

/** A field that both say must be the same in both. */
function withHeaders(told: JsonObject, values: readonly HeaderValue[], violations: Violations): JsonObject {
  const merged: Record<string, unknown> = { ...told };
  for (const { header, path, value } of values) {
    const [outer, inner] = path;
    const group = inner === undefined ? merged : groupOf(merged, outer);
    const name = inner ?? outer;
    if (group === undefined) continue;
    const before = group[name];
    if (before !== undefined && before !== null && JSON.stringify(before) !== JSON.stringify(value))
      violations.add(header, `differs from switchyard.${path.join('.')} or another header; send one of them`);
    else group[name] = value;
  }
  return merged;
}

/** An object of the extension that may be written to; undefined where the body has something else there. */
function groupOf(merged: Record<string, unknown>, name: string): Record<string, unknown> | undefined {
  const before = merged[name] ?? {};
  if (!isObject(before)) return undefined;
  const group = { ...before };
  merged[name] = group;
  return group;
}
