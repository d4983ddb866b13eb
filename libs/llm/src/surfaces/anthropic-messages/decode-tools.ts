import { type Tool, type ToolChoice, ToolChoice_Mode } from '@switchyard/contracts/routing';
import { isDeeperThan, MAX_JSON_DEPTH } from '../../formats/json.ts';
import type { FieldReader } from '../field-reader.ts';
import { decodeCacheControl } from './decode-blocks.ts';

const MAX_TOOLS = 128;
const MAX_DESCRIPTION_CHARACTERS = 65_536;
const NAME = /^[\w-]{1,64}$/;
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
        parametersJsonSchema: decodeSchema(tool),
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

function decodeName(reader: FieldReader): string {
  const name = reader.requiredString('name', 128);
  if (name !== '' && !NAME.test(name)) reader.refuse('name', 'must be 1 to 64 characters of A-Z a-z 0-9 _ -');
  return name;
}

function decodeSchema(tool: FieldReader): string {
  const schema = tool.reader('input_schema')?.object;
  if (schema === undefined) {
    if (!tool.has('input_schema')) tool.refuse('input_schema', 'is required');
    return '';
  }
  if (!isDeeperThan(schema, MAX_JSON_DEPTH)) return JSON.stringify(schema);
  tool.refuse('input_schema', `may be nested ${MAX_JSON_DEPTH} deep at most`);
  return '';
}
