import {
  findUnsupportedOperation,
  type OperationInput,
  type Unsupported,
  unsupportedVariant,
  type WireFormat,
} from '@switchyard/llm';

/** What of one request wire formats cannot express, found out once for all models that are alike to a format. */
export class UnsupportedCache {
  readonly #byFormat: Branch = new Map();

  /** What the format finds, now or before. The request must always be the same. */
  find(format: WireFormat, input: OperationInput): Unsupported | undefined {
    const byDialect = branch(this.#byFormat, format);
    const byTraits = branch(byDialect, input.dialect);
    const byVariant = branch(byTraits, input.traits);
    const variant = unsupportedVariant(format, input);
    if (!byVariant.has(variant)) byVariant.set(variant, findUnsupportedOperation(format, input));
    return byVariant.get(variant) as Unsupported | undefined;
  }
}

type Branch = Map<unknown, unknown>;

function branch(from: Branch, key: unknown): Branch {
  const known = from.get(key);
  if (known !== undefined) return known as Branch;
  const added: Branch = new Map();
  from.set(key, added);
  return added;
}
