import { createHash } from 'node:crypto';
import { Role } from '@switchyard/contracts/routing';
import { chatOf, numbersIn } from '@switchyard/llm';
import { cacheKeyOf, type Question } from './cache-key.ts';

/** A question as those see it that look for one that means the same. */
export interface SemanticQuestion {
  /**
   * Name of everything that must be equal, 64 hexadecimal digits: tenant, who may answer, all that is sent but the last text, the
   * numbers in that text, and who embeds it.
   */
  readonly scope: string;
  /** The last text, which may differ. */
  readonly text: string;
}

/** Longer texts are no questions that somebody asks in other words, and not every model embeds them. In UTF-16 units. */
const MAX_TEXT_LENGTH = 8_192;

/** The part of a question that may differ, and a name of the rest; undefined where it does not end in one text of the user. */
export function semanticQuestionOf(question: Question, embeddingModel: string): SemanticQuestion | undefined {
  const { operation } = question;
  if (operation.kind !== 'chat') return undefined;
  const { request } = operation;
  const last = request.messages.at(-1);
  if (last?.role !== Role.USER) return undefined;
  const texts = last.parts.flatMap(({ content }) => (content?.$case === 'text' ? [content.value] : []));
  const [text = ''] = texts;
  if (texts.length !== 1 || text.trim() === '' || text.length > MAX_TEXT_LENGTH) return undefined;
  const parts = last.parts.map((part) =>
    part.content?.$case === 'text' ? { ...part, content: { $case: 'text' as const, value: '' } } : part,
  );
  const messages = [...request.messages.slice(0, -1), { ...last, parts }];
  const rest = cacheKeyOf({ ...question, operation: chatOf({ ...request, messages }) });
  // As JSON no part can be taken for another.
  const scope = JSON.stringify(['semantic', rest, embeddingModel, numbersIn(text)]);
  return { scope: createHash('sha256').update(scope).digest('hex'), text };
}
