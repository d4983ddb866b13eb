import type { AnswerSurface } from '@switchyard/llm';
import { invalidFields } from '../errors.ts';
import type { HttpCall } from './http-call.ts';
import { readJson } from './read-body.ts';

/** Reads a request's body as a surface understands it. @throws INVALID_ARGUMENT with every field that is wrong */
export async function decodeBody<Asked>(
  surface: Pick<AnswerSurface<Asked, never>, 'decode'>,
  { request, take }: HttpCall,
): Promise<Asked> {
  const decoded = surface.decode(await readJson(request, take), request.headers);
  if (!decoded.ok) throw invalidFields(decoded.error);
  return decoded.value;
}
