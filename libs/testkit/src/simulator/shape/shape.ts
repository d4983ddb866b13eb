/** The form a JSON value must have. Data, so that each wire format can word the same mistake in its own way. */
export type Shape =
  | { readonly kind: 'anything' }
  | { readonly kind: 'text'; readonly maxLength?: number; readonly pattern?: RegExp }
  | { readonly kind: 'number'; readonly whole: boolean; readonly min?: number; readonly max?: number }
  | { readonly kind: 'flag' }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'list'; readonly items: Shape; readonly min?: number; readonly max?: number }
  | { readonly kind: 'dictionary'; readonly values: Shape }
  | { readonly kind: 'record'; readonly fields: Readonly<Record<string, Field>> }
  | { readonly kind: 'tagged'; readonly tag: string; readonly variants: Readonly<Record<string, Shape>> }
  | { readonly kind: 'either'; readonly options: readonly Shape[] }
  | { readonly kind: 'nullable'; readonly inner: Shape }
  | { readonly kind: 'not-simulated' };

/** A field of a record. */
export type Field = Shape | { readonly kind: 'required'; readonly shape: Shape };

/** Any JSON value. */
export const anything: Shape = { kind: 'anything' };
/** `true` or `false`. */
export const flag: Shape = { kind: 'flag' };
/** A field the real format has and the simulator does not: refused by name when given. */
export const notSimulated: Shape = { kind: 'not-simulated' };

/** A string. */
export function text(limits: { maxLength?: number; pattern?: RegExp } = {}): Shape {
  return { kind: 'text', ...limits };
}

/** A number with or without fraction. */
export function decimal(limits: { min?: number; max?: number } = {}): Shape {
  return { kind: 'number', whole: false, ...limits };
}

/** A number without fraction. */
export function integer(limits: { min?: number; max?: number } = {}): Shape {
  return { kind: 'number', whole: true, ...limits };
}

/** One of the named strings. */
export function choice(...values: readonly string[]): Shape {
  return { kind: 'choice', values };
}

/** An array. */
export function list(items: Shape, limits: { min?: number; max?: number } = {}): Shape {
  return { kind: 'list', items, ...limits };
}

/** An object with keys of the caller's choice. */
export function dictionary(values: Shape = anything): Shape {
  return { kind: 'dictionary', values };
}

/** An object with known fields. */
export function record(fields: Readonly<Record<string, Field>>): Shape {
  return { kind: 'record', fields };
}

/** An object whose `tag` field says which of the variants it is. Variants need not list the tag. */
export function tagged(tag: string, variants: Readonly<Record<string, Shape>>): Shape {
  return { kind: 'tagged', tag, variants };
}

/** The first option whose JSON type fits. */
export function either(...options: readonly Shape[]): Shape {
  return { kind: 'either', options };
}

/** `null` or the shape. */
export function nullable(inner: Shape): Shape {
  return { kind: 'nullable', inner };
}

/** A field that must be there. */
export function required(shape: Shape): Field {
  return { kind: 'required', shape };
}
