/**
 * A member's name as the proto files have its field: `keyId` is `key_id`, `cacheWrite1h` is `cache_write_1h`. Other digits belong to the
 * word before them: `sha256`.
 */
export const snakeCase = (name: string): string =>
  name.replace(/1h(?=[A-Z]|$)/, '_1h').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
