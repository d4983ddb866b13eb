import { describe, expect, test } from 'vitest';
import { encodeCell } from './column-types.ts';
import { RowCollector } from './row-collector.ts';

test.each([
  ['int8', 20, '9223372036854775807', '"9223372036854775807"'],
  ['numeric', 1700, '0.10000000000000000001', '"0.10000000000000000001"'],
  ['int4', 23, '-7', '-7'],
  ['float8', 701, '1e+300', '1e+300'],
  ['float8', 701, 'NaN', '"NaN"'],
  ['float8', 701, '-Infinity', '"-Infinity"'],
  ['bool', 16, 't', 'true'],
  ['bool', 16, 'f', 'false'],
  ['bytea', 17, '\\x00ff', '"\\\\x00ff"'],
  ['timestamptz', 1184, '2026-01-02 03:04:05.123456+00', '"2026-01-02 03:04:05.123456+00"'],
  ['jsonb', 3802, '{"a": 12345678901234567890}', '{"a": 12345678901234567890}'],
  ['an array', 1007, '{1,2}', '"{1,2}"'],
  ['text with quotes', 25, 'a"b\n', '"a\\"b\\n"'],
])('%s is written without loss', (_name, typeId, text, json) => {
  expect(encodeCell(typeId, text)).toBe(json);
});

test('NULL is null in every type', () => {
  expect([16, 20, 25, 3802].map((typeId) => encodeCell(typeId, null))).toEqual([
    'null',
    'null',
    'null',
    'null',
  ]);
});

describe('caps', () => {
  const collect = (rows: number, caps: { maxRows: number; maxBytes: number }) => {
    const collector = new RowCollector(caps, []);
    collector.describe([{ name: 'n', typeId: 23 }]);
    for (let n = 0; n < rows; n++) collector.add([String(n % 10)]);
    return collector;
  };
  // One row is `[7]`, a further one `,[7]`, around all `[]`.
  const bytesOf = (rows: number) => 2 + 3 * rows + (rows - 1);

  test('as many rows as fit into the bytes are taken, exactly', () => {
    for (const rows of [1, 2, 7]) {
      const exact = collect(10, { maxRows: 100, maxBytes: bytesOf(rows) });
      expect([exact.rowCount, exact.bytes, exact.truncated]).toEqual([rows, bytesOf(rows), true]);
      const less = collect(10, { maxRows: 100, maxBytes: bytesOf(rows) - 1 });
      expect([less.rowCount, less.truncated]).toEqual([rows - 1, true]);
    }
  });

  test('the bytes that are counted are those of the rows in the output', () => {
    const collector = collect(5, { maxRows: 100, maxBytes: 1_000 });
    const { rows } = JSON.parse(collector.toJson()) as { rows: unknown };
    expect(Buffer.byteLength(JSON.stringify(rows))).toBe(collector.bytes);
  });

  test('a result that fits is not truncated', () => {
    const collector = collect(3, { maxRows: 3, maxBytes: bytesOf(3) });
    expect([collector.rowCount, collector.truncated]).toEqual([3, false]);
  });

  test('never more rows are asked for than are left, and none once a cap is reached', () => {
    const collector = collect(0, { maxRows: 40, maxBytes: 100_000 });
    expect(collector.nextBatch()).toBe(32);
    for (let n = 0; n < 32; n++) collector.add(['1']);
    expect(collector.nextBatch()).toBe(8);
    for (let n = 0; n < 8; n++) collector.add(['1']);
    expect(collector.nextBatch()).toBe(0);
  });

  test('a batch is aimed at the bytes that are left', () => {
    const collector = new RowCollector({ maxRows: 100_000, maxBytes: 100_000 }, []);
    collector.describe([{ name: 't', typeId: 25 }]);
    for (let n = 0; n < 32; n++) collector.add(['x'.repeat(1_000)]);
    expect(collector.nextBatch()).toBeLessThan(70);
  });

  test('after the first row that does not fit, smaller ones are left too', () => {
    const collector = new RowCollector({ maxRows: 10, maxBytes: 20 }, []);
    collector.describe([{ name: 't', typeId: 25 }]);
    collector.add(['a']);
    collector.add(['far too long for the rest']);
    collector.add(['b']);
    expect(JSON.parse(collector.toJson())).toMatchObject({ rows: [['a']], row_count: 1, truncated: true });
  });
});

test('a credential in a cell or a column name is replaced, and the output stays JSON', () => {
  const collector = new RowCollector({ maxRows: 10, maxBytes: 1_000 }, ['hunter22', '"a": 1, "b']);
  collector.describe([
    { name: 'is hunter22', typeId: 25 },
    { name: 'j', typeId: 3802 },
  ]);
  collector.add(['x hunter22 y', '{"a": 1, "b": "hunter22"}']);
  const output = JSON.parse(collector.toJson()) as { columns: { name: string }[]; rows: unknown[][] };
  expect(output.columns[0]?.name).toBe('is [redacted]');
  expect(output.rows[0]?.[0]).toBe('x [redacted] y');
  expect(JSON.stringify(output)).not.toContain('hunter22');
});
