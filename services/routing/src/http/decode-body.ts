import type { AnswerSurface } from '@switchyard/llm';
import { invalidFields } from '../errors.ts';
import type { HttpCall } from './http-call.ts';
import { readJson } from './read-body.ts';
import { readForm } from './read-form.ts';

/** Reads a request's body as a surface understands it. @throws INVALID_ARGUMENT with every field that is wrong */
export async function decodeBody<Asked>(
  surface: Pick<AnswerSurface<Asked, never>, 'body' | 'decode'>,
  { request, take }: HttpCall,
): Promise<Asked> {
  const body = surface.body === 'form' ? await readForm(request, take) : await readJson(request, take);
  const decoded = surface.decode(body, request.headers);
  if (!decoded.ok) throw invalidFields(decoded.error);
  return decoded.value;
}
