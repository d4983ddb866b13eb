import { type Tool, type ToolChoice, ToolChoice_Mode } from '@switchyard/contracts/routing';
import { decodeName, MAX_DESCRIPTION_CHARACTERS, requiredSchemaText } from '../decode-schema.ts';
import type { FieldReader } from '../field-reader.ts';
import { decodeCacheControl } from './decode-blocks.ts';

const MAX_TOOLS = 128;
/** `eager_input_streaming` changes only in what pieces arguments come: it is left to the provider. */
const FIELDS = [
  'type',
  'name',
  'description',
  'input_schema',
  'strict',
  'cache_control',
  'eager_input_streaming',
];

/** `tools`. Tools that the provider runs itself have a type of their own, and are refused by name. */
export function decodeTools(body: FieldReader): Tool[] {
  return body.readers('tools', MAX_TOOLS).flatMap((tool) => {
    if (tool.has('type') && tool.object.type !== 'custom')
      return tool.refuse('type', 'must be custom: tools that the provider runs are not offered') ?? [];
    tool.refuseOthers(FIELDS);
    return [
      {
        name: decodeName(tool),
        description: tool.string('description', MAX_DESCRIPTION_CHARACTERS) ?? '',
        parametersJsonSchema: requiredSchemaText(tool, 'input_schema'),
        strict: tool.boolean('strict') ?? false,
        cacheControl: decodeCacheControl(tool),
      },
    ];
  });
}

/** `tool_choice`, with what it says of parallel calls. */
export function decodeToolChoice(body: FieldReader): {
  readonly toolChoice: ToolChoice | undefined;
  readonly parallelToolCalls: boolean | undefined;
} {
  const choice = body.reader('tool_choice');
  const type = choice?.oneOf('type', ['auto', 'any', 'tool', 'none']);
  if (choice === undefined || type === undefined)
    return { toolChoice: undefined, parallelToolCalls: undefined };
  const disabled = choice.boolean('disable_parallel_tool_use');
  const name = type === 'tool' ? decodeName(choice) : '';
  return {
    toolChoice: { mode: MODES[type], name },
    parallelToolCalls: disabled === undefined ? undefined : !disabled,
  };
}

const MODES = {
  auto: ToolChoice_Mode.AUTO,
  any: ToolChoice_Mode.REQUIRED,
  tool: ToolChoice_Mode.NAMED,
  none: ToolChoice_Mode.NONE,
} as const;
