import {
  type CompleteRequest,
  type Message,
  ResponseFormat_Kind,
  Role,
  Sampling,
} from '@switchyard/contracts/routing';
import { estimateTextTokens } from '@switchyard/llm';

/** For models that begin a new turn after the assistant's. */
const GO_ON =
  'Your last message was cut off by a technical fault. Go on with it exactly where it ends, be it in the middle of a word: what you ' +
  'write is appended to it as it is. Begin with a space or a line break if one belongs there. Repeat nothing, and say nothing of ' +
  'the interruption.';

/** How much of an answer there is, and how it can be gone on with. */
export interface CutAnswer {
  /** The text that the caller has. */
  readonly text: string;
  /** Whether the model goes on in the assistant's last turn; else it is told to. */
  readonly prefills: boolean;
}

/**
 * A request for the rest of an answer: the conversation with what there is of it as the assistant's turn. White space at its end is
 * left out, as Anthropic refuses it. Of a limit of the output what was written is taken off.
 */
export function continuedRequest(request: CompleteRequest, { text, prefills }: CutAnswer): CompleteRequest {
  const said = text.trimEnd();
  const limited = { ...request, sampling: withoutWritten(request.sampling, text) };
  // An empty turn is refused everywhere: nothing was said.
  if (said === '') return limited;
  const turns = [turnOf(Role.ASSISTANT, said), ...(prefills ? [] : [turnOf(Role.USER, GO_ON)])];
  return { ...limited, messages: [...request.messages, ...turns] };
}

const turnOf = (role: Role, text: string): Message => ({
  role,
  parts: [{ content: { $case: 'text', value: text }, cacheControl: undefined }],
  name: '',
});

function withoutWritten(sampling: Sampling | undefined, text: string): Sampling | undefined {
  if (sampling?.maxOutputTokens === undefined) return sampling;
  const written = estimateTextTokens(Buffer.byteLength(text));
  return Sampling.fromPartial({
    ...sampling,
    maxOutputTokens: Math.max(1, sampling.maxOutputTokens - written),
  });
}

/** Whether a request wants a broken stream continued, and its answer is a text that can be. */
export function wantsContinuation({ failover, responseFormat }: CompleteRequest): boolean {
  if (failover?.continueStreams !== true || failover.allowed === false) return false;
  const kind = responseFormat?.kind ?? ResponseFormat_Kind.TEXT;
  // Whoever is held to a grammar cannot begin in the middle of it.
  return kind === ResponseFormat_Kind.UNSPECIFIED || kind === ResponseFormat_Kind.TEXT;
}
