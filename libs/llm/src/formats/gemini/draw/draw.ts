import type { OperationFormat } from '../../../operations/operation-format.ts';
import { decodeDrawResponse } from './decode-response.ts';
import { encodeDrawRequest, findUnsupportedInDraw } from './encode-request.ts';

/** Imagen's images. Source: https://ai.google.dev/gemini-api/docs/imagen */
export const draw: OperationFormat<'draw'> = Object.freeze({
  findUnsupported: findUnsupportedInDraw,
  encodeRequest: encodeDrawRequest,
  decodeResponse: decodeDrawResponse,
});
