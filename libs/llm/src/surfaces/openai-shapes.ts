import {
  type ResponseFormat,
  ResponseFormat_Kind,
  type ToolChoice,
  ToolChoice_Mode,
} from '@switchyard/contracts/routing';
import { decodeName, MAX_DESCRIPTION_CHARACTERS, requiredSchemaText } from './decode-schema.ts';
import type { FieldReader } from './field-reader.ts';

const MODES = {
  none: ToolChoice_Mode.NONE,
  auto: ToolChoice_Mode.AUTO,
  required: ToolChoice_Mode.REQUIRED,
} as const;

/** `tool_choice` of OpenAI's APIs: a word, or an object that names a function in the place that `named` tells. */
export function decodeOpenaiToolChoice(
  body: FieldReader,
  named: (choice: FieldReader) => FieldReader | undefined,
): ToolChoice | undefined {
  if (!body.has('tool_choice')) return undefined;
  if (typeof body.object.tool_choice === 'string') {
    const word = body.oneOf('tool_choice', ['none', 'auto', 'required']);
    return word === undefined ? undefined : { mode: MODES[word], name: '' };
  }
  const choice = body.reader('tool_choice');
  if (choice?.oneOf('type', ['function']) === undefined) return undefined;
  const called = named(choice);
  return called && { mode: ToolChoice_Mode.NAMED, name: decodeName(called) };
}

/** A format of OpenAI's APIs, whose schema, name and strictness stand in the place that `described` tells. */
export function decodeOpenaiFormat(
  format: FieldReader | undefined,
  described: (format: FieldReader) => FieldReader | undefined,
): ResponseFormat | undefined {
  const type = format?.oneOf('type', ['text', 'json_object', 'json_schema']);
  if (format === undefined || type === undefined) return undefined;
  const plain = { jsonSchema: '', name: '', strict: false };
  if (type === 'text') return { ...plain, kind: ResponseFormat_Kind.TEXT };
  if (type === 'json_object') return { ...plain, kind: ResponseFormat_Kind.JSON_OBJECT };
  const reader = described(format);
  if (reader === undefined) return undefined;
  // A description has no place of its own in the canonical format, but a schema has one.
  const description = reader.string('description', MAX_DESCRIPTION_CHARACTERS);
  return {
    kind: ResponseFormat_Kind.JSON_SCHEMA,
    jsonSchema: requiredSchemaText(reader, 'schema', description === undefined ? {} : { description }),
    name: decodeName(reader),
    strict: reader.boolean('strict') ?? false,
  };
}

/** An object that must be there. */
export function requiredReader(reader: FieldReader, name: string): FieldReader | undefined {
  if (!reader.has(name)) return reader.refuse(name, 'is required');
  return reader.reader(name);
}
