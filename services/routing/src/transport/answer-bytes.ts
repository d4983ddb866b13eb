import { ByteBudget } from '@switchyard/service-kit';

/** Answers of a tenant's own providers that are being read may have so many bytes together. */
const TENANT_MAX_BYTES = 128 * 1024 * 1024;
/** And those of the installation's. */
const INSTALLATION_MAX_BYTES = 256 * 1024 * 1024;

/** Bounds the bytes of answers that are being read in one piece: each has its bound, but many together fill the memory of all. */
export class AnswerBytes {
  readonly #budgets = new Map<string, ByteBudget>();

  /** @param tenant whose provider answers; '' for one of the installation. @throws OVERLOADED where there is no room */
  take(tenant: string, bytes: number): void {
    let budget = this.#budgets.get(tenant);
    if (budget === undefined) {
      budget = new ByteBudget(tenant === '' ? INSTALLATION_MAX_BYTES : TENANT_MAX_BYTES);
      this.#budgets.set(tenant, budget);
    }
    budget.take(bytes);
  }

  give(tenant: string, bytes: number): void {
    const budget = this.#budgets.get(tenant);
    budget?.give(bytes);
    if (budget?.takenBytes === 0) this.#budgets.delete(tenant);
  }
}
