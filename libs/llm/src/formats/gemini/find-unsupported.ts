import {
  type CompleteRequest,
  type Part,
  ResponseFormat_Kind,
  Role,
  type Sampling,
  type Tool,
} from '@switchyard/contracts/routing';
import { findUnsupportedByModel } from '../check-traits.ts';
import { findUnsupportedPart } from '../find-part.ts';
import { invalidJsonObject, parseSchema } from '../json-schema.ts';
import { passthroughFor } from '../passthrough.ts';
import { findChoiceWithoutTools } from '../tool-choice.ts';
import type { Unsupported } from '../unsupported.ts';
import type { EncodeInput } from '../wire-format.ts';
import { createPartCheck } from './find-unsupported-part.ts';
import { generationOf } from './model-generation.ts';
import { RESERVED_FIELDS } from './reserved-fields.ts';
import { findUnsupportedThinking } from './thinking-config.ts';

const MAX_STOP_TEXTS = 5;
const MAX_INT32 = 0x7fff_ffffn;
const TOOL_NAME = /^[A-Za-z_]/;

/** The first thing in a request that generateContent cannot express; the rules are in the README beside this file. */
export function findUnsupportedInGemini(input: EncodeInput): Unsupported | undefined {
  const { request } = input;
  return (
    findUnsupportedTools(request) ??
    findUnsupportedFormat(input) ??
    findUnsupportedSampling(request.sampling) ??
    findUnsupportedByModel(request.sampling, input.traits) ??
    findUnsupportedThinking(input) ??
    findUnsupportedPassthrough(request) ??
    findUnsupportedPart(request, createPartCheck(generationOf(input))) ??
    findNothingSaid(request)
  );
}

function findUnsupportedTools(request: CompleteRequest): Unsupported | undefined {
  const { tools, parallelToolCalls } = request;
  const aimless = findChoiceWithoutTools(request);
  if (aimless !== undefined) return aimless;
  if (parallelToolCalls === false && tools.length > 0) {
    return { field: 'parallel_tool_calls', description: 'cannot be turned off here' };
  }
  for (const [index, tool] of tools.entries()) {
    const found = findUnsupportedTool(tool);
    if (found !== undefined) return { ...found, field: `tools[${index}].${found.field}` };
  }
  return undefined;
}

function findUnsupportedTool({ name, parametersJsonSchema }: Tool): Unsupported | undefined {
  if (!TOOL_NAME.test(name)) {
    return { field: 'name', description: 'must begin with a letter or an underscore here' };
  }
  const isInvalid = parseSchema(parametersJsonSchema) === 'invalid';
  return isInvalid ? invalidJsonObject('parameters_json_schema') : undefined;
}

function findUnsupportedFormat(input: EncodeInput): Unsupported | undefined {
  const { responseFormat: format, tools } = input.request;
  const wantsSchema = format?.kind === ResponseFormat_Kind.JSON_SCHEMA;
  if (!wantsSchema && format?.kind !== ResponseFormat_Kind.JSON_OBJECT) return undefined;
  if (tools.length > 0 && generationOf(input) === 'budgets') {
    return { field: 'response_format', description: 'cannot go with tools for this model' };
  }
  const schema = wantsSchema ? parseSchema(format.jsonSchema) : undefined;
  const isUsable = !wantsSchema || typeof schema === 'object';
  return isUsable ? undefined : invalidJsonObject('response_format.json_schema');
}

function findUnsupportedSampling(sampling: Sampling | undefined): Unsupported | undefined {
  if (sampling === undefined) return undefined;
  const { seed, stop } = sampling;
  if (stop.length > MAX_STOP_TEXTS) {
    return { field: 'sampling.stop', description: `may hold ${MAX_STOP_TEXTS} texts at most` };
  }
  if (seed === undefined || (seed <= MAX_INT32 && seed >= -MAX_INT32 - 1n)) return undefined;
  return { field: 'sampling.seed', description: 'must fit 32 bits here' };
}

function findUnsupportedPassthrough(request: CompleteRequest): Unsupported | undefined {
  const fields = passthroughFor({ request, format: 'gemini', reserved: RESERVED_FIELDS });
  return fields.ok ? undefined : fields.error;
}

/** System texts stand apart, so that a request of nothing else would have no contents, which the API refuses. */
function findNothingSaid({ messages }: CompleteRequest): Unsupported | undefined {
  const says = messages.some(
    ({ role, parts }) => role !== Role.SYSTEM && role !== Role.DEVELOPER && parts.some(saysSomething),
  );
  return says ? undefined : { field: 'messages', description: 'needs something said by the user here' };
}

function saysSomething({ content }: Part): boolean {
  if (content?.$case === 'text' || content?.$case === 'refusal') return content.value !== '';
  return content?.$case !== 'reasoning';
}
