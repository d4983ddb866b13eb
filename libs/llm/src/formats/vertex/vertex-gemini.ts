import { gemini } from '../gemini/gemini.ts';
import type { EncodeInput, WireFormat } from '../wire-format.ts';
import { asFormat } from './as-format.ts';

const asGemini = (input: EncodeInput): EncodeInput =>
  asFormat(input, { from: 'vertex-gemini', to: 'gemini' });

/** Gemini on Vertex AI: the bodies and paths of the Gemini API below the address of a project and a region. */
export const vertexGemini: WireFormat = Object.freeze({
  ...gemini,
  listModels: undefined,
  id: 'vertex-gemini',
  authStyle: 'google-oauth',
  findUnsupported: (input) => gemini.findUnsupported(asGemini(input)),
  encodeRequest: (input) => gemini.encodeRequest(asGemini(input)),
  // Vectors are asked for in another way there (`:predict`), so that of the Gemini API is not taken over.
  operations: {},
} satisfies WireFormat);
