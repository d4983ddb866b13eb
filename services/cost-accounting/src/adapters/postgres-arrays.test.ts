import { describe, expect, it } from 'vitest';
import { bytesArray, hexArray, plainArray, textArray } from './postgres-arrays.ts';

describe('array literals', () => {
  it('escape what ends a text, also where texts together look like others', () => {
    expect(textArray(['a', 'b,c', ''])).toBe('{"a","b,c",""}');
    expect(textArray(['a","b', 'c\\'])).toBe('{"a\\",\\"b","c\\\\"}');
    expect(textArray(['"', undefined])).toBe('{"\\"",NULL}');
    expect(textArray(['NULL', undefined])).toBe('{"NULL",NULL}');
  });

  it('are empty where no value is known, which unnest fills with NULL', () => {
    expect(textArray([undefined, undefined])).toBe('{}');
    expect(plainArray([undefined, undefined])).toBe('{}');
    expect(plainArray([1, undefined, 2n, false])).toBe('{1,NULL,2,false}');
    expect(hexArray([])).toBe('{}');
  });

  it('have bytes as hex', () => {
    expect(bytesArray([Buffer.from([0, 255]), Buffer.from([16])])).toBe('{"\\\\x00ff","\\\\x10"}');
  });
});
