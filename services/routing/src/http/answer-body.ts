import { ServiceError } from '@switchyard/kernel';
import {
  type AnswerHead,
  type AnswerSurface,
  type CallerHeaders,
  inCallersWords,
  type SurfaceRequest,
} from '@switchyard/llm';
import { invalidFields } from '../errors.ts';

/** What a surface's decoded request may say of where its parts stood. */
export type Placed = Partial<Pick<SurfaceRequest, 'places'>>;

/** A body that came by some way. */
export interface BroughtBody {
  readonly body: unknown;
  readonly headers: CallerHeaders;
  readonly createdAtMs: number;
}

/**
 * Has a body of a surface answered: decode, and tell what goes wrong in the caller's words.
 *
 * @throws INVALID_ARGUMENT with every field that is wrong, and what `answer` throws
 */
export async function answerBody<Asked extends Placed, Answer>(
  surface: AnswerSurface<Asked, never>,
  { body, headers, createdAtMs }: BroughtBody,
  answer: (head: AnswerHead<Asked>) => Promise<Answer>,
): Promise<Answer> {
  const decoded = surface.decode(body, headers);
  if (!decoded.ok) throw invalidFields(decoded.error);
  const asked = decoded.value;
  try {
    return await answer({ asked, createdAtMs });
  } catch (thrown) {
    throw thrown instanceof ServiceError ? inCallersWords(thrown, surface, asked) : thrown;
  }
}
