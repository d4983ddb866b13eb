import type { WireFormat } from './wire-format.ts';

/** The wire format with this id (`Provider.wire_format`); `undefined` where there is none. */
export function findWireFormat(_id: string): WireFormat | undefined {
  throw new Error('being written');
}
