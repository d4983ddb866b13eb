import type { CompleteRequest, Part } from '@switchyard/contracts/routing';
import { ResponseFormat_Kind } from '@switchyard/contracts/routing';
import type { Capability } from '../snapshot/capability.ts';

/** What a request's content needs, beside what it asks for by name. */
export function derivedCapabilities(
  request: CompleteRequest,
  { stream }: { stream: boolean },
): ReadonlySet<Capability> {
  const needed = new Set<Capability>(['text']);
  if (stream) needed.add('streaming');
  if (request.tools.length > 0) needed.add('tools');
  if (request.responseFormat?.kind === ResponseFormat_Kind.JSON_SCHEMA) needed.add('structured_output');
  const { reasoningEffort = '', reasoningBudgetTokens } = request.sampling ?? {};
  if ((reasoningEffort !== '' && reasoningEffort !== 'none') || reasoningBudgetTokens !== undefined)
    needed.add('reasoning');
  for (const { parts } of request.messages) addOfParts(parts, needed);
  return needed;
}

function addOfParts(parts: readonly Part[], needed: Set<Capability>): void {
  for (const { content } of parts) {
    if (content?.$case === 'image') needed.add('vision');
    else if (content?.$case === 'audio') needed.add('audio_in');
    else if (content?.$case === 'toolResult') addOfParts(content.value.parts, needed);
  }
}
