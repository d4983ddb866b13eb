/** An outcome that is expected either way: a value, or why there is none. */
export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

/** A value. */
export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value });

/** Why there is none. */
export const err = <E>(error: E): Result<never, E> => ({ ok: false, error });

/** For the end of a `switch` over a union: does not compile while a case is missing. */
export function unreachable(value: never): never {
  throw new TypeError(`unexpected value ${JSON.stringify(value)}`);
}
