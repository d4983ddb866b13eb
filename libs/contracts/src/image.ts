import { readFileSync } from 'node:fs';

/** Descriptors of every proto package as buf built them: for gRPC reflection. */
export const readDescriptorImage = (): Buffer => readFileSync(new URL('../image.binpb', import.meta.url));
