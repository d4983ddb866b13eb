import { BUILT_IN_ROLES, type BuiltInRole } from '@switchyard/contracts';
import { err, ok, type Result } from '@switchyard/kernel';
import { checkKeyId, checkText } from './field-checks.ts';
import { INSTALLATION, isTenantName } from './ownership.ts';

/** A key that comes with the configuration: of a service, or the first one of an operator. */
export interface BootstrapKey {
  /** `key-` and the begin of its digest where the configuration names none. */
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the key, 32 bytes. */
  readonly digest: Buffer;
  readonly role: BuiltInRole;
  /** The tenant it acts for; `installation` is for keys of the installation only. */
  readonly tenant: string;
  readonly installation: boolean;
}

const MAX_KEYS = 100;
const FIELDS: readonly string[] = ['id', 'name', 'digest', 'role', 'tenant', 'installation'];

/**
 * Reads a JSON array of `{id?, name, digest, role, tenant, installation?}`; the digest is SHA-256 in hexadecimal.
 *
 * @returns the keys, or every problem
 */
export function parseBootstrapKeys(text: string): Result<readonly BootstrapKey[], readonly string[]> {
  const list = parseJson(text);
  if (!Array.isArray(list)) return err(['must be a JSON array of keys']);
  if (list.length > MAX_KEYS) return err([`must hold at most ${MAX_KEYS} keys`]);
  const problems = list.flatMap((item: unknown, index) =>
    keyProblems(item).map((problem) => `key ${index + 1}: ${problem}`),
  );
  if (problems.length > 0) return err(problems);
  const keys = list.map(toKey);
  if (new Set(keys.map(({ id }) => id)).size < keys.length) problems.push('two keys have the same id');
  if (new Set(keys.map(({ digest }) => digest.toString('hex'))).size < keys.length) {
    problems.push('two keys have the same digest');
  }
  return problems.length > 0 ? err(problems) : ok(keys);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface RawKey {
  readonly id?: string;
  readonly name: string;
  readonly digest: string;
  readonly role: BuiltInRole;
  readonly tenant: string;
  readonly installation?: boolean;
}

function keyProblems(item: unknown): string[] {
  if (typeof item !== 'object' || item === null) return ['must be an object'];
  const { id, name, digest, role, tenant, installation = false } = item as Record<string, unknown>;
  const problems = Object.keys(item)
    .filter((field) => !FIELDS.includes(field))
    .map((field) => `has no field ${JSON.stringify(field)}`);
  if (id !== undefined && (typeof id !== 'string' || checkKeyId(id) !== undefined)) {
    problems.push('id must be 1 to 128 of letters, digits, ".", "_", "-"');
  }
  if (typeof name !== 'string' || checkText({ field: 'name', value: name, min: 1, max: 128 }) !== undefined) {
    problems.push('name must have 1 to 128 characters');
  }
  if (typeof digest !== 'string' || !/^[0-9a-f]{64}$/i.test(digest)) {
    problems.push('digest must be the SHA-256 of the key in 64 hexadecimal digits');
  }
  if (typeof role !== 'string' || !Object.hasOwn(BUILT_IN_ROLES, role)) {
    problems.push(`role must be one of ${Object.keys(BUILT_IN_ROLES).join(', ')}`);
  }
  if (typeof installation !== 'boolean') problems.push('installation must be true or false');
  if (
    typeof tenant !== 'string' ||
    !(isTenantName(tenant) || (tenant === INSTALLATION && installation === true))
  ) {
    problems.push(`tenant must name a tenant, or be "${INSTALLATION}" where installation is true`);
  }
  return problems;
}

function toKey({ id, name, digest, role, tenant, installation = false }: RawKey): BootstrapKey {
  const bytes = Buffer.from(digest, 'hex');
  return { id: id ?? `key-${bytes.toString('hex', 0, 8)}`, name, digest: bytes, role, tenant, installation };
}
