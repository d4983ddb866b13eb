import type { RequestProblem } from '../wire-format.ts';
import type { Content, GenerateRequest } from './generate-request.ts';

type Rule = Extract<RequestProblem, { kind: 'rule' }>;

/** What the real API checks beyond the types of fields; the first rule that is broken. */
export function findBrokenGenerateRule(request: GenerateRequest): Rule | undefined {
  const { contents, generationConfig } = request;
  if (!contents?.length) {
    return broken('* GenerateContentRequest.contents: contents is not specified\n');
  }
  for (const [at, { role, parts }] of contents.entries()) {
    if (role !== undefined && role !== 'user' && role !== 'model' && role !== 'function') {
      return broken('Please use a valid role: user, model.');
    }
    if (!parts?.length || parts.some((part) => Object.keys(part).length === 0)) {
      return broken(`* GenerateContentRequest.contents[${at}].parts: contents.parts must not be empty.\n`);
    }
  }
  const { candidateCount, responseModalities } = (generationConfig ?? {}) as {
    candidateCount?: number;
    responseModalities?: string[];
  };
  if ((candidateCount ?? 1) > 1) return broken('Multiple candidates is not enabled for this model');
  if (responseModalities?.some((modality) => modality.toUpperCase() !== 'TEXT')) {
    return broken('The requested combination of response modalities is not supported by the model.');
  }
  return findUnansweredCalls(contents);
}

function findUnansweredCalls(contents: readonly Content[]): Rule | undefined {
  for (const [at, content] of contents.entries()) {
    const asked = count(content, 'functionCall');
    const before = contents[at - 1];
    const answered = count(content, 'functionResponse');
    const next = contents[at + 1];
    const unanswered = asked > 0 && asked !== (next === undefined ? 0 : count(next, 'functionResponse'));
    const stray = answered > 0 && answered !== (before === undefined ? 0 : count(before, 'functionCall'));
    if (!unanswered && !stray) continue;
    return broken(
      'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
    );
  }
  return undefined;
}

function count({ parts = [] }: Content, field: 'functionCall' | 'functionResponse'): number {
  return parts.filter((part) => part[field] !== undefined).length;
}

function broken(message: string): Rule {
  return { kind: 'rule', message };
}
