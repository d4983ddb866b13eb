import { snakeCase } from '@switchyard/kernel';
import { type JsonType, jsonTypeOf, type ShapePath, type ShapeProblem } from '../../shape/shape-problem.ts';

/** A mistake in a field, in Google's words. */
export function generateShapeWords(problem: ShapeProblem): {
  /** Empty for the document itself. */
  readonly field: string;
  readonly description: string;
} {
  const field = protoPath(problem.path);
  switch (problem.kind) {
    case 'unknown': {
      const parent = protoPath(problem.path.slice(0, -1));
      const place = parent === '' ? '' : ` at '${parent}'`;
      const name = String(problem.path.at(-1));
      return {
        field: parent,
        description: `Invalid JSON payload received. Unknown name "${name}"${place}: Cannot find field.`,
      };
    }
    case 'missing':
      return {
        field,
        description: `* GenerateContentRequest.${field}: [FIELD_INVALID] required field was not set\n`,
      };
    case 'not-simulated':
      return { field, description: `'${field}' is not simulated.` };
    case 'type':
      return {
        field,
        description: `Invalid value at '${field}' (${protoType(problem.expected)}), ${shown(problem.value)}`,
      };
    case 'choice':
      return { field, description: `Invalid value at '${field}' (TYPE_ENUM), "${problem.got}"` };
    case 'range': {
      const bound = problem.min === undefined ? `at most ${problem.max}` : `at least ${problem.min}`;
      return {
        field,
        description: `* GenerateContentRequest.${field}: must be ${bound}, but got ${problem.got}\n`,
      };
    }
    case 'length':
    case 'pattern':
      return { field, description: `* GenerateContentRequest.${field}: invalid length or characters\n` };
    default:
      return problem satisfies never;
  }
}

/** Google names fields as in its proto files: snake case. */
function protoPath(path: ShapePath): string {
  let written = '';
  for (const step of path) {
    if (typeof step === 'number') written += `[${step}]`;
    else written += `${written === '' ? '' : '.'}${snakeCase(step)}`;
  }
  return written;
}

const PROTO_TYPES: Readonly<Record<JsonType, string>> = {
  string: 'TYPE_STRING',
  integer: 'TYPE_INT32',
  number: 'TYPE_FLOAT',
  boolean: 'TYPE_BOOL',
  array: 'LIST',
  object: 'MESSAGE',
  null: 'NULL',
};

function protoType(expected: readonly JsonType[]): string {
  return PROTO_TYPES[expected[0] ?? 'null'];
}

function shown(value: unknown): string {
  const type = jsonTypeOf(value);
  return type === 'object' || type === 'array' ? type : JSON.stringify(value).slice(0, 100);
}
