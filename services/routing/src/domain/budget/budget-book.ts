import type { BoundBudget, BudgetScope, CallScope } from './bound-budget.ts';
import type { Downgrade } from './downgrade.ts';

/** Whose budgets count everybody. */
const INSTALLATION = '';
const NO_BUDGETS: readonly BoundBudget[] = [];
/** Parts of a scope, in the order in which they make a key. */
const PARTS = ['keyId', 'provider', 'model'] as const satisfies readonly (keyof BudgetScope)[];
/** No id has it: PostgreSQL keeps no such text. */
const BETWEEN_PARTS = '\0';

/** The budgets of one tenant that state the same parts of a scope. */
interface Shape {
  /** Which parts are stated. */
  readonly parts: readonly (keyof BudgetScope)[];
  /** By what is stated. */
  readonly budgets: Map<string, BoundBudget[]>;
}

/** The hard budgets of a version of the book, found by what a call is for. */
export class BudgetBook {
  /** '' where there never was one. */
  readonly version: string;
  readonly budgets: readonly BoundBudget[];
  /** What is in force of those that run low. */
  readonly downgrades: readonly Downgrade[];
  readonly #byTenant = new Map<string, Shape[]>();
  /** The installation's and a tenant's own, by tenant. */
  readonly #downgrades = new Map<string, readonly Downgrade[]>();
  /** Those of tenants that have none of their own. */
  readonly #sharedDowngrades: readonly Downgrade[];

  constructor(version: string, budgets: readonly BoundBudget[], downgrades: readonly Downgrade[] = []) {
    this.version = version;
    this.budgets = budgets;
    this.downgrades = downgrades;
    for (const budget of budgets) this.#add(budget);
    const byTenant = Map.groupBy(downgrades, ({ tenant }) => tenant);
    this.#sharedDowngrades = byTenant.get(INSTALLATION) ?? [];
    for (const [tenant, own] of byTenant) this.#downgrades.set(tenant, [...this.#sharedDowngrades, ...own]);
    this.#downgrades.set(INSTALLATION, this.#sharedDowngrades);
  }

  /** What may downgrade a tenant's requests, without a look at those of other tenants. */
  downgradesFor(tenant: string): readonly Downgrade[] {
    return this.#downgrades.get(tenant) ?? this.#sharedDowngrades;
  }

  /** Every budget that counts a call: its tenant's and the installation's, of which all that is stated matches. */
  covering(call: CallScope): readonly BoundBudget[] {
    if (this.budgets.length === 0) return NO_BUDGETS;
    const own = this.#byTenant.get(call.tenant);
    const shared = this.#byTenant.get(INSTALLATION);
    const found: BoundBudget[] = [];
    if (own !== undefined) addFound(found, own, call);
    if (shared !== undefined && shared !== own) addFound(found, shared, call);
    return found;
  }

  #add(budget: BoundBudget): void {
    const shape = this.#shapeOf(budget);
    const key = keyOf(shape, budget.scope);
    const alike = shape.budgets.get(key);
    if (alike === undefined) shape.budgets.set(key, [budget]);
    else alike.push(budget);
  }

  #shapeOf({ tenant, scope }: BoundBudget): Shape {
    const parts = PARTS.filter((part) => scope[part] !== '');
    const shapes = this.#byTenant.get(tenant) ?? [];
    this.#byTenant.set(tenant, shapes);
    const known = shapes.find((shape) => shape.parts.join() === parts.join());
    if (known !== undefined) return known;
    const made: Shape = { parts, budgets: new Map() };
    shapes.push(made);
    return made;
  }
}

/** Nothing is limited. */
export const EMPTY_BOOK = new BudgetBook('', []);

function addFound(found: BoundBudget[], shapes: readonly Shape[], call: CallScope): void {
  for (const shape of shapes) {
    const budgets = shape.budgets.get(keyOf(shape, call));
    if (budgets !== undefined) for (const budget of budgets) found.push(budget);
  }
}

function keyOf({ parts }: Pick<Shape, 'parts'>, scope: BudgetScope): string {
  let key = '';
  for (const part of parts) key = key === '' ? scope[part] : key + BETWEEN_PARTS + scope[part];
  return key;
}
