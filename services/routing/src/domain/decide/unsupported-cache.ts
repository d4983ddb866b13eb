import {
  findUnsupportedOperation,
  type ModelTraits,
  type OperationInput,
  type Unsupported,
  unsupportedVariant,
  type WireFormat,
} from '@switchyard/llm';

/** What a wire format found, and for which models it finds the same. */
interface Found extends Pick<OperationInput, 'dialect'> {
  readonly format: WireFormat;
  readonly variant: string | number | undefined;
  readonly unsupported: Unsupported | undefined;
}

/** What of one request wire formats cannot express, found out once for all models that are alike to a format. */
export class UnsupportedCache {
  readonly #byTraits = new Map<ModelTraits | undefined, Found[]>();

  /** What the format finds, now or before. The request must always be the same. */
  find(format: WireFormat, input: OperationInput): Unsupported | undefined {
    const { dialect, traits } = input;
    const variant = unsupportedVariant(format, input);
    let ofTraits = this.#byTraits.get(traits);
    if (ofTraits === undefined) {
      ofTraits = [];
      this.#byTraits.set(traits, ofTraits);
    }
    for (const found of ofTraits)
      if (found.format === format && found.dialect === dialect && found.variant === variant)
        return found.unsupported;
    const unsupported = findUnsupportedOperation(format, input);
    ofTraits.push({ format, dialect, variant, unsupported });
    return unsupported;
  }
}
