import type { GeneratedImage, Usage } from '@switchyard/contracts/routing';

/** Images as a provider made them, decoded. */
export interface DecodedImages {
  /** At least one, each with its bytes or its address. */
  readonly images: GeneratedImage[];
  /** By tokens where the provider counts them, else by the image. */
  readonly usage: Usage;
  /** The model id that the provider reported; "" for none. */
  readonly providerModel: string;
}
