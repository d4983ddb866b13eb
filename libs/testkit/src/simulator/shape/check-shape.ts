import type { Field, Shape } from './shape.ts';
import { type JsonType, jsonTypeOf, type ShapePath, type ShapeProblem } from './shape-problem.ts';

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
  const problem = find(args.shape, args.value, { path: [], unknownFields: args.unknownFields ?? 'refuse' });
  return problem === undefined ? { ok: true, value: args.value as T } : { ok: false, problem };
}

interface Place {
  readonly path: ShapePath;
  readonly unknownFields: UnknownFields;
}

type Found = ShapeProblem | undefined;
type ShapeOf<K extends Shape['kind']> = Extract<Shape, { kind: K }>;

function find(shape: Shape, value: unknown, place: Place): Found {
  switch (shape.kind) {
    case 'anything':
      return undefined;
    case 'not-simulated':
      return value === null ? undefined : { kind: 'not-simulated', path: place.path };
    case 'nullable':
      return value === null ? undefined : find(shape.inner, value, place);
    case 'flag':
      return typeof value === 'boolean' ? undefined : wrongType(shape, value, place);
    case 'text':
      return findInText(shape, value, place);
    case 'number':
      return findInNumber(shape, value, place);
    case 'choice':
      return findInChoice(shape, value, place);
    case 'list':
      return findInList(shape, value, place);
    case 'dictionary':
      return findInDictionary(shape, value, place);
    case 'record':
      return findInRecord(shape, value, { ...place, tag: undefined });
    case 'tagged':
      return findInTagged(shape, value, place);
    case 'either':
      return findInEither(shape, value, place);
    default:
      return shape satisfies never;
  }
}

function findInText(shape: ShapeOf<'text'>, value: unknown, { path }: Place): Found {
  if (typeof value !== 'string') return wrongType(shape, value, { path });
  const { maxLength, pattern } = shape;
  if (maxLength !== undefined && value.length > maxLength) {
    return { kind: 'length', of: 'string', max: maxLength, got: value.length, path };
  }
  if (pattern !== undefined && !pattern.test(value))
    return { kind: 'pattern', pattern: pattern.source, path };
  return undefined;
}

function findInNumber(shape: ShapeOf<'number'>, value: unknown, { path }: Place): Found {
  const fits = shape.whole ? Number.isInteger(value) : typeof value === 'number' && Number.isFinite(value);
  if (!fits) return wrongType(shape, value, { path });
  const got = value as number;
  const { min, max, whole } = shape;
  if (min !== undefined && got < min) return { kind: 'range', whole, min, got, path };
  if (max !== undefined && got > max) return { kind: 'range', whole, max, got, path };
  return undefined;
}

function findInChoice(shape: ShapeOf<'choice'>, value: unknown, { path }: Place): Found {
  if (typeof value !== 'string') return wrongType(shape, value, { path });
  return shape.values.includes(value)
    ? undefined
    : { kind: 'choice', allowed: shape.values, got: value, path };
}

function findInList(shape: ShapeOf<'list'>, value: unknown, place: Place): Found {
  if (!Array.isArray(value)) return wrongType(shape, value, place);
  const { min, max } = shape;
  const { path } = place;
  const got = value.length;
  if (min !== undefined && got < min) return { kind: 'length', of: 'array', min, got, path };
  if (max !== undefined && got > max) return { kind: 'length', of: 'array', max, got, path };
  for (let i = 0; i < got; i++) {
    const problem = find(shape.items, value[i], { ...place, path: [...path, i] });
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function findInDictionary(shape: ShapeOf<'dictionary'>, value: unknown, place: Place): Found {
  if (!isObject(value)) return wrongType(shape, value, place);
  if (shape.values.kind === 'anything') return undefined;
  for (const key of Object.keys(value)) {
    const problem = find(shape.values, value[key], { ...place, path: [...place.path, key] });
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function findInRecord(
  shape: ShapeOf<'record'>,
  value: unknown,
  place: Place & { readonly tag: string | undefined },
): Found {
  if (!isObject(value)) return wrongType(shape, value, place);
  for (const key of Object.keys(value)) {
    const known = Object.hasOwn(shape.fields, key);
    if (!known && key !== place.tag && place.unknownFields === 'refuse') {
      return { kind: 'unknown', path: [...place.path, key] };
    }
  }
  for (const key of Object.keys(shape.fields)) {
    const problem = findInField(shape.fields[key] as Field, value[key], {
      path: [...place.path, key],
      unknownFields: place.unknownFields,
    });
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function findInField(field: Field, value: unknown, place: Place): Found {
  const shape = field.kind === 'required' ? field.shape : field;
  if (value !== undefined) return find(shape, value, place);
  return field.kind === 'required' ? { kind: 'missing', path: place.path } : undefined;
}

function findInTagged(shape: ShapeOf<'tagged'>, value: unknown, place: Place): Found {
  if (!isObject(value)) return wrongType(shape, value, place);
  const path = [...place.path, shape.tag];
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
    ? findInRecord(variant, value, { ...place, tag: shape.tag })
    : find(variant, value, place);
}

function findInEither(shape: ShapeOf<'either'>, value: unknown, place: Place): Found {
  const got = jsonTypeOf(value);
  const fitting = shape.options.find((option) => typesOf(option).some((type) => accepts(type, got)));
  return fitting === undefined ? wrongType(shape, value, place) : find(fitting, value, place);
}

function wrongType(shape: Shape, value: unknown, { path }: { readonly path: ShapePath }): ShapeProblem {
  return { kind: 'type', expected: typesOf(shape), got: jsonTypeOf(value), value, path };
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
