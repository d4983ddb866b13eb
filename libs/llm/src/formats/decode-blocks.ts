import type { Part } from '@switchyard/contracts/routing';
import { isObject, type JsonObject } from './json.ts';

/** A block as a part; 'left out' for one that has no place here, `undefined` for one that lacks a field. */
export type DecodeBlock = (block: JsonObject) => Part | 'left out' | undefined;

/** Content blocks as parts; `undefined` where one of them lacks a field. */
export function decodeBlocks(blocks: readonly unknown[], decodeBlock: DecodeBlock): Part[] | undefined {
  const parts: Part[] = [];
  for (const block of blocks) {
    const part = isObject(block) ? decodeBlock(block) : undefined;
    if (part === undefined) return undefined;
    if (part !== 'left out') parts.push(part);
  }
  return parts;
}
