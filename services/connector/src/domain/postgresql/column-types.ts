/** How values of a type are written in JSON. */
type JsonForm = 'boolean' | 'number' | 'json' | 'text';

interface ColumnType {
  readonly name: string;
  readonly form: JsonForm;
}

/**
 * Types by their fixed ids. Only what every JSON reader holds exactly becomes a number: int8 and numeric stay texts.
 * Source: src/include/catalog/pg_type.dat of PostgreSQL.
 */
const TYPES: ReadonlyMap<number, ColumnType> = new Map([
  [16, { name: 'bool', form: 'boolean' }],
  [17, { name: 'bytea', form: 'text' }],
  [18, { name: 'char', form: 'text' }],
  [19, { name: 'name', form: 'text' }],
  [20, { name: 'int8', form: 'text' }],
  [21, { name: 'int2', form: 'number' }],
  [23, { name: 'int4', form: 'number' }],
  [25, { name: 'text', form: 'text' }],
  [26, { name: 'oid', form: 'number' }],
  [114, { name: 'json', form: 'json' }],
  [700, { name: 'float4', form: 'number' }],
  [701, { name: 'float8', form: 'number' }],
  [790, { name: 'money', form: 'text' }],
  [869, { name: 'inet', form: 'text' }],
  [1042, { name: 'bpchar', form: 'text' }],
  [1043, { name: 'varchar', form: 'text' }],
  [1082, { name: 'date', form: 'text' }],
  [1083, { name: 'time', form: 'text' }],
  [1114, { name: 'timestamp', form: 'text' }],
  [1184, { name: 'timestamptz', form: 'text' }],
  [1186, { name: 'interval', form: 'text' }],
  [1266, { name: 'timetz', form: 'text' }],
  [1700, { name: 'numeric', form: 'text' }],
  [2950, { name: 'uuid', form: 'text' }],
  [3802, { name: 'jsonb', form: 'json' }],
] as const);

/** Name of a type; `oid:<id>` where it is not one of the usual ones. */
export function columnTypeName(typeId: number): string {
  return TYPES.get(typeId)?.name ?? `oid:${typeId}`;
}

/**
 * One value as JSON text, from PostgreSQL's text form, without losing anything: NaN and infinities, which JSON lacks, stay
 * texts; json and jsonb stand as they are stored.
 */
export function encodeCell(typeId: number, text: string | null): string {
  if (text === null) return 'null';
  switch (TYPES.get(typeId)?.form) {
    case 'boolean':
      return text === 't' ? 'true' : 'false';
    case 'number':
      return /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/.test(text) ? text : JSON.stringify(text);
    case 'json':
      return text;
    default:
      return JSON.stringify(text);
  }
}
