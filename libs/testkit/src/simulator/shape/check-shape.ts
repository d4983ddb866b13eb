import type { Field, Shape } from './shape.ts';
import { type JsonType, jsonTypeOf, type ShapeProblem } from './shape-problem.ts';

/** A value of the wanted type, or what is wrong with it. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: ShapeProblem };

/** What happens to fields that a record does not list. */
export type UnknownFields = 'refuse' | 'ignore';

/**
 * Checks a JSON value against a shape. `T` is the type that the shape describes; keep the two side by side.
 *
 * @returns the same value, or the first problem in document order.
 */
export function checkShape<T>(args: {
  readonly shape: Shape;
  readonly value: unknown;
  /** Default `refuse`. */
  readonly unknownFields?: UnknownFields;
}): Checked<T> {
  const problem = find(args.shape, args.value, args.unknownFields ?? 'refuse');
  return problem === undefined ? { ok: true, value: args.value as T } : { ok: false, problem };
}

/** Paths are put together on the way out of a problem, so that a right document costs none. */
type Found = ShapeProblem | undefined;
type ShapeOf<K extends Shape['kind']> = Extract<Shape, { kind: K }>;

function find(shape: Shape, value: unknown, unknownFields: UnknownFields): Found {
  switch (shape.kind) {
    case 'anything':
      return undefined;
    case 'not-simulated':
      return value === null ? undefined : { kind: 'not-simulated', path: [] };
    case 'nullable':
      return value === null ? undefined : find(shape.inner, value, unknownFields);
    case 'flag':
      return typeof value === 'boolean' ? undefined : wrongType(shape, value);
    case 'text':
      return findInText(shape, value);
    case 'number':
      return findInNumber(shape, value);
    case 'choice':
      return findInChoice(shape, value);
    case 'list':
      return findInList(shape, value, unknownFields);
    case 'dictionary':
      return findInDictionary(shape, value, unknownFields);
    case 'record':
      return isObject(value) ? findInRecord({ shape, value, unknownFields }) : wrongType(shape, value);
    case 'tagged':
      return findInTagged(shape, value, unknownFields);
    case 'either':
      return findInEither(shape, value, unknownFields);
    default:
      return shape satisfies never;
  }
}

function findInText(shape: ShapeOf<'text'>, value: unknown): Found {
  if (typeof value !== 'string') return wrongType(shape, value);
  const { maxLength, pattern } = shape;
  if (maxLength !== undefined && value.length > maxLength) {
    return { kind: 'length', of: 'string', max: maxLength, got: value.length, path: [] };
  }
  if (pattern === undefined || pattern.test(value)) return undefined;
  return { kind: 'pattern', pattern: pattern.source, path: [] };
}

function findInNumber(shape: ShapeOf<'number'>, value: unknown): Found {
  const fits = shape.whole ? Number.isInteger(value) : typeof value === 'number' && Number.isFinite(value);
  if (!fits) return wrongType(shape, value);
  const got = value as number;
  const { min, max, whole } = shape;
  if (min !== undefined && got < min) return { kind: 'range', whole, min, got, path: [] };
  if (max !== undefined && got > max) return { kind: 'range', whole, max, got, path: [] };
  return undefined;
}

function findInChoice(shape: ShapeOf<'choice'>, value: unknown): Found {
  if (typeof value !== 'string') return wrongType(shape, value);
  if (shape.values.includes(value)) return undefined;
  return { kind: 'choice', allowed: shape.values, got: value, path: [] };
}

function findInList(shape: ShapeOf<'list'>, value: unknown, unknownFields: UnknownFields): Found {
  if (!Array.isArray(value)) return wrongType(shape, value);
  const { min, max } = shape;
  const got = value.length;
  if (min !== undefined && got < min) return { kind: 'length', of: 'array', min, got, path: [] };
  if (max !== undefined && got > max) return { kind: 'length', of: 'array', max, got, path: [] };
  for (let i = 0; i < got; i++) {
    const problem = find(shape.items, value[i], unknownFields);
    if (problem !== undefined) return under(i, problem);
  }
  return undefined;
}

function findInDictionary(shape: ShapeOf<'dictionary'>, value: unknown, unknownFields: UnknownFields): Found {
  if (!isObject(value)) return wrongType(shape, value);
  if (shape.values.kind === 'anything') return undefined;
  for (const key of Object.keys(value)) {
    const problem = find(shape.values, value[key], unknownFields);
    if (problem !== undefined) return under(key, problem);
  }
  return undefined;
}

function findInRecord(args: {
  readonly shape: ShapeOf<'record'>;
  readonly value: Record<string, unknown>;
  readonly unknownFields: UnknownFields;
  /** A field that is there besides those of the shape. */
  readonly tag?: string;
}): Found {
  const { shape, value, unknownFields, tag } = args;
  for (const key of Object.keys(value)) {
    const field = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
    if (field === undefined) {
      if (key !== tag && unknownFields === 'refuse') return { kind: 'unknown', path: [key] };
      continue;
    }
    const problem = value[key] === undefined ? undefined : find(shapeOf(field), value[key], unknownFields);
    if (problem !== undefined) return under(key, problem);
  }
  for (const key of Object.keys(shape.fields)) {
    const missing = value[key] === undefined && shape.fields[key]?.kind === 'required';
    if (missing) return { kind: 'missing', path: [key] };
  }
  return undefined;
}

function findInTagged(shape: ShapeOf<'tagged'>, value: unknown, unknownFields: UnknownFields): Found {
  if (!isObject(value)) return wrongType(shape, value);
  const path = [shape.tag];
  const tag = value[shape.tag];
  if (tag === undefined) return { kind: 'missing', path };
  if (typeof tag !== 'string') {
    return { kind: 'type', expected: ['string'], got: jsonTypeOf(tag), value: tag, path };
  }
  if (!Object.hasOwn(shape.variants, tag)) {
    return { kind: 'choice', allowed: Object.keys(shape.variants), got: tag, path };
  }
  const variant = shape.variants[tag] as Shape;
  return variant.kind === 'record'
    ? findInRecord({ shape: variant, value, unknownFields, tag: shape.tag })
    : find(variant, value, unknownFields);
}

function findInEither(shape: ShapeOf<'either'>, value: unknown, unknownFields: UnknownFields): Found {
  const got = jsonTypeOf(value);
  const fitting = shape.options.find((option) => typesOf(option).some((type) => accepts(type, got)));
  return fitting === undefined ? wrongType(shape, value) : find(fitting, value, unknownFields);
}

function shapeOf(field: Field): Shape {
  return field.kind === 'required' ? field.shape : field;
}

function under(step: string | number, problem: ShapeProblem): ShapeProblem {
  return { ...problem, path: [step, ...problem.path] };
}

function wrongType(shape: Shape, value: unknown): ShapeProblem {
  return { kind: 'type', expected: typesOf(shape), got: jsonTypeOf(value), value, path: [] };
}

function accepts(wanted: JsonType, got: JsonType): boolean {
  return wanted === got || (wanted === 'number' && got === 'integer');
}

function typesOf(shape: Shape): JsonType[] {
  switch (shape.kind) {
    case 'text':
    case 'choice':
      return ['string'];
    case 'number':
      return [shape.whole ? 'integer' : 'number'];
    case 'flag':
      return ['boolean'];
    case 'list':
      return ['array'];
    case 'dictionary':
    case 'record':
    case 'tagged':
      return ['object'];
    case 'nullable':
      return [...typesOf(shape.inner), 'null'];
    case 'either':
      return shape.options.flatMap(typesOf);
    case 'anything':
    case 'not-simulated':
      return ['string', 'number', 'boolean', 'array', 'object', 'null'];
    default:
      return shape satisfies never;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
