/** What a file or a batch is called outside: `file-` or `batch_` and the digits of its UUID. */
export type PublicIdPrefix = 'file-' | 'batch_';

export const publicId = (prefix: PublicIdPrefix, id: string): string => prefix + id.replaceAll('-', '');

/** The UUID behind a public id; undefined where it can be none. */
export function idOf(prefix: PublicIdPrefix, named: string): string | undefined {
  const digits = named.startsWith(prefix) ? named.slice(prefix.length) : '';
  if (!/^[0-9a-f]{32}$/.test(digits)) return undefined;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
