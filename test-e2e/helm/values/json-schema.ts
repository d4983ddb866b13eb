/** The part of JSON Schema (draft 7) that the charts' schemas are written in. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  /** Ours: what the service takes where the chart sets nothing. */
  readonly serviceDefault?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly required?: readonly string[];
  readonly [keyword: string]: unknown;
}

/** One schema on top of another: objects are merged key by key, everything else is replaced. */
export function mergeSchemas(base: JsonSchema, over: JsonSchema): JsonSchema {
  const merged: Record<string, unknown> = { ...base };
  for (const [keyword, value] of Object.entries(over)) {
    const below = base[keyword];
    // A default is a value, not a schema: it is never mixed with another.
    merged[keyword] =
      keyword !== 'default' && isObject(below) && isObject(value) ? mergeSchemas(below, value) : value;
  }
  return merged;
}

/** Puts the fragments in for the `$ref`s, so that a schema is one file: Helm follows no references to others. */
export function inlineFragments(
  schema: JsonSchema,
  fragments: Readonly<Record<string, JsonSchema>>,
): JsonSchema {
  const { $ref, ...own } = schema;
  const fragment = $ref === undefined ? {} : fragments[$ref];
  if (fragment === undefined) throw new Error(`there is no fragment ${$ref}`);
  const inlined = Object.entries(mergeSchemas(fragment, own)).map(([keyword, value]) => {
    if (keyword === 'default' || !isObject(value)) return [keyword, value];
    return [keyword, inlineFragments(value, fragments)];
  });
  return Object.fromEntries(inlined) as JsonSchema;
}

const isObject = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
