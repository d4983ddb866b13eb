import type { RequestProblem } from '../wire-format.ts';
import type { ApiVersion } from './api-version.ts';
import type { Block, Message, MessagesRequest } from './messages-request.ts';

type Rule = Extract<RequestProblem, { kind: 'rule' }>;

/**
 * What version 2026-10-21 refuses and 2023-06-01 takes:
 * https://platform.claude.com/docs/en/api/migration-2026-10-21
 */
export function findBrokenVersionRule(request: MessagesRequest, version: ApiVersion): Rule | undefined {
  switch (version) {
    case '2023-06-01':
      return undefined;
    case '2026-10-21':
      return findSampling(request) ?? findMisplacedBlock(request.messages);
    default:
      return version satisfies never;
  }
}

/** Even at their default values. */
function findSampling(request: MessagesRequest): Rule | undefined {
  const field = (['temperature', 'top_p', 'top_k'] as const).find((name) => request[name] !== undefined);
  return field === undefined ? undefined : broken(`${field}: Extra inputs are not permitted`);
}

function findMisplacedBlock(messages: readonly Message[]): Rule | undefined {
  for (const [at, { role, content }] of messages.entries()) {
    if (typeof content === 'string') continue;
    for (const [index, block] of content.entries()) {
      const place = `messages.${at}.content.${index}`;
      if (role === 'assistant' && block.type === 'document') {
        return broken(`${place}: \`document\` blocks are not permitted in assistant messages`);
      }
      if (role === 'user' && isCiting(block)) {
        return broken(`${place}.citations: Citations are not permitted in user messages`);
      }
    }
  }
  return undefined;
}

function isCiting(block: Block): boolean {
  if (block.type === 'text') return Array.isArray(block.citations) && block.citations.length > 0;
  return block.type === 'search_result' && Array.isArray(block.content) && block.content.some(isCiting);
}

function broken(message: string): Rule {
  return { kind: 'rule', message };
}
