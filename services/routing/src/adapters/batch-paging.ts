/** Which part of a list by id: ids grow with time. */
export interface BatchPage {
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  /** Id of the last item of the page before; undefined for the first page. */
  readonly after: string | undefined;
}

/** The end of a query for a page. @param from number of the first parameter that is free */
export function pageQuery(
  { limit, order, after }: BatchPage,
  from: number,
): { readonly clause: string; readonly values: readonly unknown[] } {
  const beyond = after === undefined ? '' : `AND id ${order === 'asc' ? '>' : '<'} $${from + 1}`;
  const values = after === undefined ? [limit] : [limit, after];
  return { clause: `${beyond} ORDER BY id ${order === 'asc' ? 'ASC' : 'DESC'} LIMIT $${from}`, values };
}
