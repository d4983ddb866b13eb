import type { Tool } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import type { JsonObject } from './json.ts';
import { invalidJsonObject, parseSchema } from './json-schema.ts';
import type { Unsupported } from './unsupported.ts';

/** A tool whose schema was read; what is not given is `undefined`, and does not get into the JSON. */
export interface FunctionTool {
  readonly name: string;
  readonly description: string | undefined;
  readonly parameters: JsonObject | undefined;
  readonly strict: boolean;
}

/** Schema of a function without arguments, for formats that want one. */
export const NO_PARAMETERS: JsonObject = Object.freeze({ type: 'object', properties: {} });

/** The tools of a request, or the first whose schema is no JSON object. */
export function readTools(tools: readonly Tool[]): Result<FunctionTool[], Unsupported> {
  const read: FunctionTool[] = [];
  for (const [index, { name, description, parametersJsonSchema, strict }] of tools.entries()) {
    const parameters = parseSchema(parametersJsonSchema);
    if (parameters === 'invalid') return err(invalidJsonObject(`tools[${index}].parameters_json_schema`));
    read.push({ name, description: description === '' ? undefined : description, parameters, strict });
  }
  return ok(read);
}
