import { invalidArgument } from '@switchyard/kernel';

/** Which part of a list. */
export interface Page {
  readonly size: number;
  /** Key of the last item of the page before; '' for the first page. */
  readonly after: string;
}

/** Reads a page request. @throws INVALID_ARGUMENT naming page_size or page_token */
export function readPage(
  { pageSize, pageToken }: { readonly pageSize: number; readonly pageToken: string },
  { fallback, max }: { readonly fallback: number; readonly max: number },
): Page {
  if (pageSize < 0 || pageSize > max)
    throw invalidArgument({ field: 'page_size', description: `must be from 1 to ${max}` });
  if (!/^[A-Za-z0-9_-]*$/.test(pageToken)) {
    throw invalidArgument({
      field: 'page_token',
      description: 'must be the next_page_token of the page before',
    });
  }
  return {
    size: pageSize === 0 ? fallback : pageSize,
    after: Buffer.from(pageToken, 'base64url').toString('utf8'),
  };
}

/** One page of items that are sorted by key, and the token of the next. */
export function pageOf<T>(
  items: readonly T[],
  { size, after }: Page,
  keyOf: (item: T) => string,
): { page: T[]; nextPageToken: string } {
  const start = after === '' ? 0 : items.findIndex((item) => keyOf(item) > after);
  const page = start < 0 ? [] : items.slice(start, start + size);
  const last = page.at(-1);
  const more = last !== undefined && start + size < items.length;
  return { page, nextPageToken: more ? Buffer.from(keyOf(last)).toString('base64url') : '' };
}
