import { ByteBudget } from '@switchyard/service-kit';

const MIB = 1024 * 1024;
/** Answers of the installation's providers that are being read may have so many bytes together. */
const INSTALLATION_MAX_BYTES = 256 * MIB;
/** Those of the own providers of one tenant, and of all tenants. */
const TENANT_MAX_BYTES = 128 * MIB;
const TENANTS_MAX_BYTES = 256 * MIB;

/** Bounds the bytes of answers that are being read in one piece: each has its bound, but many together fill the memory of all. */
export class AnswerBytes {
  readonly #installation = new ByteBudget(INSTALLATION_MAX_BYTES);
  readonly #allTenants = new ByteBudget(TENANTS_MAX_BYTES);
  /** Of tenants with answers under way. */
  readonly #tenants = new Map<string, ByteBudget>();

  /** @param tenant whose provider answers; '' for one of the installation. @throws OVERLOADED where there is no room */
  take(tenant: string, bytes: number): void {
    if (tenant === '') {
      this.#installation.take(bytes);
      return;
    }
    const own = this.#tenants.get(tenant) ?? new ByteBudget(TENANT_MAX_BYTES);
    own.take(bytes);
    try {
      this.#allTenants.take(bytes);
    } catch (error) {
      own.give(bytes);
      throw error;
    }
    this.#tenants.set(tenant, own);
  }

  give(tenant: string, bytes: number): void {
    if (tenant === '') {
      this.#installation.give(bytes);
      return;
    }
    this.#allTenants.give(bytes);
    const own = this.#tenants.get(tenant);
    own?.give(bytes);
    if (own?.takenBytes === 0) this.#tenants.delete(tenant);
  }
}
