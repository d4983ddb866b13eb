import type { FieldViolation } from '@switchyard/kernel';
import type { BatchPage } from '../adapters/batch-paging.ts';
import { idOf, type PublicIdPrefix, publicId } from '../domain/batch/public-ids.ts';
import { invalidFields } from '../errors.ts';

/** Bounds of a list. */
export interface ListBounds {
  readonly prefix: PublicIdPrefix;
  readonly fallback: number;
  readonly max: number;
  /** Names of further parameters. Default: none. */
  readonly others?: readonly string[];
}

/** Which part of a list a query asks for: `limit`, `after`, `order`. @throws INVALID_ARGUMENT */
export function readListQuery(
  query: URLSearchParams,
  { prefix, fallback, max, others = [] }: ListBounds,
): BatchPage {
  const violations: FieldViolation[] = [];
  const refuse = (field: string, description: string) => violations.push({ field, description });
  for (const name of query.keys())
    if (!['limit', 'after', 'order', ...others].includes(name)) refuse(name, 'is not a known parameter');
  const limit = Number(query.get('limit') ?? fallback);
  if (!Number.isInteger(limit) || limit < 1 || limit > max) refuse('limit', `must be from 1 to ${max}`);
  const order = query.get('order') ?? 'desc';
  if (order !== 'asc' && order !== 'desc') refuse('order', 'must be asc or desc');
  const named = query.get('after');
  const after = named === null ? undefined : idOf(prefix, named);
  if (named !== null && after === undefined)
    refuse('after', 'must be the id of the last item of the page before');
  if (violations.length > 0) throw invalidFields(violations);
  return { limit, order: order === 'asc' ? 'asc' : 'desc', after };
}

/** A page as OpenAI has it. @param found one more than the page may have, where there are more */
export function encodeList<Item extends { readonly id: string }>(
  found: readonly Item[],
  {
    limit,
    prefix,
    encode,
  }: { readonly limit: number; readonly prefix: PublicIdPrefix; readonly encode: (item: Item) => object },
): object {
  const page = found.slice(0, limit);
  const idOfItem = (item: Item | undefined) => (item === undefined ? null : publicId(prefix, item.id));
  return {
    object: 'list',
    data: page.map(encode),
    first_id: idOfItem(page[0]),
    last_id: idOfItem(page.at(-1)),
    has_more: found.length > limit,
  };
}
