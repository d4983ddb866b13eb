import { bracketPath, type JsonType, type ShapeProblem } from '../../shape/shape-problem.ts';

/** What varies in an `invalid_request_error`. */
export interface ErrorDraft {
  readonly message: string;
  readonly param?: string | undefined;
  readonly code?: string | undefined;
}

/** A mistake in a field, in OpenAI's words. */
export function chatShapeError(problem: ShapeProblem): ErrorDraft {
  const param = bracketPath(problem.path);
  switch (problem.kind) {
    case 'missing':
      return param === 'model'
        ? { message: 'you must provide a model parameter' }
        : { message: `Missing required parameter: '${param}'.`, param, code: 'missing_required_parameter' };
    case 'unknown':
      return { message: `Unknown parameter: '${param}'.`, param, code: 'unknown_parameter' };
    case 'not-simulated':
      return {
        message: `Unsupported parameter: '${param}' is not simulated.`,
        param,
        code: 'unsupported_parameter',
      };
    case 'type':
      return {
        message: `Invalid type for '${param}': expected ${wanted(problem.expected)}, but got ${ARTICLED[problem.got]} instead.`,
        param,
        code: 'invalid_type',
      };
    case 'choice':
      return {
        message: `Invalid value: '${problem.got}'. Supported values are: ${listed(problem.allowed)}.`,
        param,
        code: 'invalid_value',
      };
    case 'range':
      return rangeError(problem, param);
    case 'length':
      return lengthError(problem, param);
    case 'pattern':
      return {
        message: `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '${problem.pattern}'.`,
        param,
        code: 'invalid_value',
      };
    default:
      return problem satisfies never;
  }
}

function rangeError(problem: Extract<ShapeProblem, { kind: 'range' }>, param: string): ErrorDraft {
  const kind = problem.whole ? 'integer' : 'decimal';
  const below = problem.min !== undefined;
  const bound = below ? `>= ${problem.min}` : `<= ${problem.max}`;
  return {
    message: `Invalid '${param}': ${kind} ${below ? 'below minimum' : 'above maximum'} value. Expected a value ${bound}, but got ${problem.got} instead.`,
    param,
    code: `${kind}_${below ? 'below_min' : 'above_max'}_value`,
  };
}

function lengthError(problem: Extract<ShapeProblem, { kind: 'length' }>, param: string): ErrorDraft {
  if (problem.of === 'array' && problem.got === 0) {
    return {
      message: `Invalid '${param}': empty array. Expected an array with minimum length ${problem.min}, but got an empty array instead.`,
      param,
      code: 'empty_array',
    };
  }
  return {
    message: `Invalid '${param}': ${problem.of} too long. Expected ${ARTICLED[problem.of]} with maximum length ${problem.max}, but got ${ARTICLED[problem.of]} with length ${problem.got} instead.`,
    param,
    code: `${problem.of}_above_max_length`,
  };
}

const ARTICLED: Readonly<Record<JsonType, string>> = {
  string: 'a string',
  integer: 'an integer',
  number: 'a decimal',
  boolean: 'a boolean',
  array: 'an array',
  object: 'an object',
  null: 'null',
};

function wanted(types: readonly JsonType[]): string {
  const names = [...new Set(types)].filter((type) => type !== 'null').map((type) => ARTICLED[type]);
  return names.length === 1 ? (names[0] as string) : `one of ${names.join(' or ')}`;
}

function listed(values: readonly string[]): string {
  const quoted = values.map((value) => `'${value}'`);
  return quoted.length < 2
    ? quoted.join('')
    : `${quoted.slice(0, -1).join(', ')}, and ${quoted.at(-1) as string}`;
}
