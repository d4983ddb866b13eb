import type { ResponseFormat, Tool, ToolChoice } from '@switchyard/contracts/routing';
import { decodeName, MAX_DESCRIPTION_CHARACTERS, schemaText } from '../decode-schema.ts';
import type { FieldReader } from '../field-reader.ts';
import { decodeOpenaiFormat, decodeOpenaiToolChoice } from '../openai-shapes.ts';

const MAX_TOOLS = 128;

/** `tools`. Tools that the provider runs itself are refused by name. */
export function decodeTools(body: FieldReader): Tool[] {
  return body.readers('tools', MAX_TOOLS).flatMap((tool) => {
    if (tool.object.type !== 'function')
      return tool.refuse('type', 'must be function: tools that the provider runs are not offered') ?? [];
    return [
      {
        name: decodeName(tool),
        description: tool.string('description', MAX_DESCRIPTION_CHARACTERS) ?? '',
        parametersJsonSchema: schemaText(tool, 'parameters'),
        strict: tool.boolean('strict') ?? false,
        cacheControl: undefined,
      },
    ];
  });
}

/** `tool_choice`. */
export const decodeToolChoice = (body: FieldReader): ToolChoice | undefined =>
  decodeOpenaiToolChoice(body, (choice) => choice);

/** `text`: the shape of the answer. How wordy it is has no canonical form, but for its default. */
export function decodeTextFormat(body: FieldReader): ResponseFormat | undefined {
  const text = body.reader('text');
  text?.refuseOthers(['format', 'verbosity']);
  if (text?.has('verbosity') === true && text.object.verbosity !== 'medium')
    text.refuse('verbosity', 'must be medium: others are not offered');
  return decodeOpenaiFormat(text?.reader('format'), (format) => format);
}
