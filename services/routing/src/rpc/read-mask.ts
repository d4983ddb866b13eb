import { invalidArgument } from '@switchyard/kernel';

/** Fields of a message that may be changed: name in the mask → name in the message. Whatever is not here cannot be written. */
export type WritableFields<T> = Readonly<Record<string, keyof T>>;

/** The fields that an update mask names. @throws INVALID_ARGUMENT naming update_mask */
export function readMask<T>(mask: readonly string[] | undefined, writable: WritableFields<T>): (keyof T)[] {
  const names = Object.keys(writable).join(', ');
  if (mask === undefined || mask.length === 0)
    throw invalidArgument({
      field: 'update_mask',
      description: `must name the fields to change: ${names}`,
    });
  return mask.map((name) => {
    if (!Object.hasOwn(writable, name))
      throw invalidArgument({
        field: 'update_mask',
        description: `${name} cannot be changed; ${names} can`,
      });
    return writable[name] as keyof T;
  });
}

/** A message with some fields taken from another. */
export const withFields = <T>(current: T, changed: T, fields: readonly (keyof T)[]): T => ({
  ...current,
  ...Object.fromEntries(fields.map((field) => [field, changed[field]])),
});
