const MAX_DEPTH = 8;
const MAX_PROPERTIES = 64;
const MAX_ITEMS = 8;
const MAX_TEXT = 1_000;

type Schema = Readonly<Record<string, unknown>>;

/**
 * A value that satisfies a JSON Schema (or Google's variant with upper-case types), always the same for the same
 * schema. Knows types, properties, items, enum, const, default, anyOf/oneOf/allOf, local `$ref`, lengths and
 * ranges; what it does not know (`pattern`, `format`, `not`) is not looked at. Below 8 levels everything is null.
 */
export function schemaInstance(schema: unknown): unknown {
  return build({ schema, root: schema, depth: 0 });
}

/** Like `schemaInstance`, but an object in any case: the arguments of a call. */
export function schemaObject(schema: unknown): Record<string, unknown> {
  const value = schemaInstance(schema);
  return isSchema(value) ? value : {};
}

interface Work {
  readonly schema: unknown;
  readonly root: unknown;
  readonly depth: number;
}

function build({ schema, root, depth }: Work): unknown {
  if (depth > MAX_DEPTH || !isSchema(schema)) return null;
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[0];
  if (schema.default !== undefined) return schema.default;
  const elsewhere = referred(schema, root);
  if (elsewhere !== undefined) return build({ schema: elsewhere, root, depth: depth + 1 });
  switch (typeOf(schema)) {
    case 'object':
      return buildObject({ schema, root, depth });
    case 'array':
      return buildArray({ schema, root, depth });
    case 'string':
      return buildText(schema);
    case 'integer':
      return Math.ceil(numberWithin(schema));
    case 'number':
      return numberWithin(schema);
    case 'boolean':
      return true;
    default:
      return null;
  }
}

function buildObject({ schema, root, depth }: Work & { schema: Schema }): Record<string, unknown> {
  const properties = isSchema(schema.properties) ? schema.properties : {};
  const built: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(properties).slice(0, MAX_PROPERTIES)) {
    if (name === '__proto__') continue;
    built[name] = build({ schema: inner, root, depth: depth + 1 });
  }
  return built;
}

function buildArray({ schema, root, depth }: Work & { schema: Schema }): unknown[] {
  const length = Math.min(MAX_ITEMS, Math.max(1, Number(schema.minItems ?? 1) || 1));
  return Array.from({ length }, () => build({ schema: schema.items, root, depth: depth + 1 }));
}

function buildText(schema: Schema): string {
  const min = Math.min(MAX_TEXT, Number(schema.minLength ?? 0) || 0);
  const max = Math.min(MAX_TEXT, Number(schema.maxLength ?? MAX_TEXT) || 0);
  return 'simulated'.padEnd(min, '.').slice(0, max);
}

function numberWithin(schema: Schema): number {
  if (typeof schema.minimum === 'number') return schema.minimum;
  if (typeof schema.exclusiveMinimum === 'number') return schema.exclusiveMinimum + 1;
  return typeof schema.maximum === 'number' ? Math.min(1, schema.maximum) : 1;
}

function typeOf(schema: Schema): string | undefined {
  const listed: unknown = Array.isArray(schema.type)
    ? schema.type.find((type) => type !== 'null')
    : schema.type;
  if (typeof listed === 'string') return listed.toLowerCase();
  return schema.properties === undefined ? undefined : 'object';
}

function referred(schema: Schema, root: unknown): unknown {
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
    const options = schema[key];
    if (Array.isArray(options) && options.length > 0) return options[0];
  }
  if (typeof schema.$ref !== 'string' || !schema.$ref.startsWith('#')) return undefined;
  let target: unknown = root;
  for (const step of schema.$ref.split('/').slice(1, MAX_DEPTH)) {
    target = isSchema(target) && Object.hasOwn(target, step) ? target[step] : undefined;
  }
  return target;
}

function isSchema(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
