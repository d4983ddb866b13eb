import {
  type ResponseFormat,
  ResponseFormat_Kind,
  type Tool,
  type ToolChoice,
  ToolChoice_Mode,
} from '@switchyard/contracts/routing';
import { isDeeperThan, type JsonObject, MAX_JSON_DEPTH } from '../../formats/json.ts';
import type { FieldReader } from '../field-reader.ts';

const MAX_TOOLS = 128;
const MAX_DESCRIPTION_CHARACTERS = 65_536;
const NAME = /^[\w-]{1,64}$/;

/** `tools`. */
export function decodeTools(body: FieldReader): Tool[] {
  return body.readers('tools', MAX_TOOLS).flatMap((tool) => {
    if (tool.object.type === 'custom') return tool.refuse('type', 'custom tools are not offered yet') ?? [];
    if (tool.oneOf('type', ['function']) === undefined)
      return tool.has('type') ? [] : (tool.refuse('type', 'is required') ?? []);
    const called = tool.reader('function');
    if (called === undefined)
      return tool.has('function') ? [] : (tool.refuse('function', 'is required') ?? []);
    return [
      {
        name: decodeName(called),
        description: called.string('description', MAX_DESCRIPTION_CHARACTERS) ?? '',
        parametersJsonSchema: schemaText(called, 'parameters'),
        strict: called.boolean('strict') ?? false,
        cacheControl: undefined,
      },
    ];
  });
}

/** `tool_choice`. */
export function decodeToolChoice(body: FieldReader): ToolChoice | undefined {
  if (!body.has('tool_choice')) return undefined;
  if (typeof body.object.tool_choice === 'string') {
    const word = body.oneOf('tool_choice', ['none', 'auto', 'required']);
    return word === undefined ? undefined : { mode: MODES[word], name: '' };
  }
  const choice = body.reader('tool_choice');
  if (choice?.oneOf('type', ['function']) === undefined) return undefined;
  const called = choice.reader('function');
  if (called === undefined)
    return choice.has('function') ? undefined : choice.refuse('function', 'is required');
  return { mode: ToolChoice_Mode.NAMED, name: decodeName(called) };
}

const MODES = {
  none: ToolChoice_Mode.NONE,
  auto: ToolChoice_Mode.AUTO,
  required: ToolChoice_Mode.REQUIRED,
} as const;

/** `response_format`. */
export function decodeResponseFormat(body: FieldReader): ResponseFormat | undefined {
  const format = body.reader('response_format');
  const type = format?.oneOf('type', ['text', 'json_object', 'json_schema']);
  const plain = { jsonSchema: '', name: '', strict: false };
  if (format === undefined || type === undefined) return undefined;
  if (type === 'text') return { ...plain, kind: ResponseFormat_Kind.TEXT };
  if (type === 'json_object') return { ...plain, kind: ResponseFormat_Kind.JSON_OBJECT };
  const described = format.reader('json_schema');
  if (described === undefined)
    return format.has('json_schema') ? undefined : format.refuse('json_schema', 'is required');
  if (!described.has('schema')) described.refuse('schema', 'is required');
  return {
    kind: ResponseFormat_Kind.JSON_SCHEMA,
    jsonSchema: schemaText(described, 'schema', describedBy(described)),
    name: decodeName(described),
    strict: described.boolean('strict') ?? false,
  };
}

function decodeName(reader: FieldReader): string {
  const name = reader.requiredString('name', 64);
  if (name !== '' && !NAME.test(name)) reader.refuse('name', 'must be 1 to 64 characters of A-Z a-z 0-9 _ -');
  return name;
}

/** The description of a response format has no place of its own, but a schema has one. */
function describedBy(described: FieldReader): JsonObject {
  const description = described.string('description', MAX_DESCRIPTION_CHARACTERS);
  return description === undefined ? {} : { description };
}

/** A JSON Schema as JSON text; "" where there is none. Its own fields win over `defaults`. */
function schemaText(reader: FieldReader, name: string, defaults: JsonObject = {}): string {
  const schema = reader.reader(name)?.object;
  if (schema === undefined) return '';
  if (!isDeeperThan(schema, MAX_JSON_DEPTH)) return JSON.stringify({ ...defaults, ...schema });
  reader.refuse(name, `may be nested ${MAX_JSON_DEPTH} deep at most`);
  return '';
}
