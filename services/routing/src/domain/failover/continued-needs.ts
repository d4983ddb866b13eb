import { chatOf } from '@switchyard/llm';
import { sizeOfOperation } from '../operation/operations.ts';
import type { Needs } from '../request/needs.ts';
import type { Offering } from '../snapshot/offering.ts';
import { continuedRequest } from './continued-request.ts';

/** What is asked of an offering that is to go on with a chat's answer. @param text what the caller has of it */
export function continuedNeeds(needs: Needs, text: string, { provider, model }: Offering): Needs {
  const { operation } = needs;
  if (operation.kind !== 'chat') throw new TypeError('only chats are streamed');
  const { request } = operation;
  const prefills = provider.format.continuesLastTurn?.({ request, model }) ?? false;
  const rest = chatOf(continuedRequest(request, { text, prefills }));
  return { ...needs, operation: rest, ...sizeOfOperation(rest) };
}
