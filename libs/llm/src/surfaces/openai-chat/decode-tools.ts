import type { ResponseFormat, Tool, ToolChoice } from '@switchyard/contracts/routing';
import { decodeName, MAX_DESCRIPTION_CHARACTERS, schemaText } from '../decode-schema.ts';
import type { FieldReader } from '../field-reader.ts';
import { decodeOpenaiFormat, decodeOpenaiToolChoice, requiredReader } from '../openai-shapes.ts';

const MAX_TOOLS = 128;

/** `tools`. */
export function decodeTools(body: FieldReader): Tool[] {
  return body.readers('tools', MAX_TOOLS).flatMap((tool) => {
    if (tool.object.type === 'custom') return tool.refuse('type', 'custom tools are not offered yet') ?? [];
    if (tool.oneOf('type', ['function']) === undefined)
      return tool.has('type') ? [] : (tool.refuse('type', 'is required') ?? []);
    const called = requiredReader(tool, 'function');
    if (called === undefined) return [];
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
export const decodeToolChoice = (body: FieldReader): ToolChoice | undefined =>
  decodeOpenaiToolChoice(body, (choice) => requiredReader(choice, 'function'));

/** `response_format`. */
export const decodeResponseFormat = (body: FieldReader): ResponseFormat | undefined =>
  decodeOpenaiFormat(body.reader('response_format'), (format) => requiredReader(format, 'json_schema'));
