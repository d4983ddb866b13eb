import type { EncodeInput, WireFormatId } from '../wire-format.ts';

/**
 * The same input with its passthrough fields for a format whose bodies another one encodes. Those that were written for the
 * other format itself are left out, as they are for every format but their own.
 */
export function asFormat(
  input: EncodeInput,
  { from, to }: { readonly from: WireFormatId; readonly to: WireFormatId },
): EncodeInput {
  const { request } = input;
  if (request.passthroughJson === '') return input;
  if (request.passthroughFormat === from) return { ...input, request: { ...request, passthroughFormat: to } };
  return request.passthroughFormat === to
    ? { ...input, request: { ...request, passthroughJson: '' } }
    : input;
}
