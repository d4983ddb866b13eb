import type { Delta, StreamCompleteResponse, StreamStarted } from '@switchyard/contracts/routing';
import { unreachable } from '@switchyard/kernel';
import type { SurfaceStreamEncoder } from '../surface.ts';
import { encodeExtension } from '../switchyard/encode-extension.ts';
import { encodeEnd, encodePlatformError } from './encode-answer.ts';

/** Events `started`, `delta` and `finished`, as by gRPC; or `error`, and nothing after it. */
export function createPlatformStreamEncoder(): SurfaceStreamEncoder {
  let started: StreamStarted | undefined;
  return {
    encode({ event }: StreamCompleteResponse): string {
      switch (event?.$case) {
        case undefined:
          return '';
        case 'started':
          started = event.value;
          return sse('started', encodeExtension({ ...started, ...NOT_YET }));
        case 'delta':
          return event.value.content === undefined ? '' : sse('delta', encodeDelta(event.value.content));
        case 'finished': {
          const { requestId = '', route, cache } = started ?? {};
          const told = encodeExtension({ ...event.value, requestId, route, cache });
          return sse('finished', { ...told, ...encodeEnd(event.value) });
        }
        default:
          return unreachable(event);
      }
    },
    encodeError: (error) => sse('error', encodePlatformError(error).body),
  };
}

/** What only the end tells. */
const NOT_YET = { usage: undefined, cost: undefined, timings: undefined, providerModel: '' };

function encodeDelta(content: NonNullable<Delta['content']>): object {
  switch (content.$case) {
    case 'text':
      return { text: content.value };
    case 'reasoning':
      return { reasoning: content.value };
    case 'reasoningSignature':
      return { reasoning_signature: content.value };
    case 'redactedReasoning':
      return { redacted_reasoning: content.value };
    case 'refusal':
      return { refusal: content.value };
    case 'toolCallStart':
      return { tool_call: { index: content.value.index, id: content.value.id, name: content.value.name } };
    case 'toolCallArguments':
      return { tool_call: { index: content.value.index, arguments: content.value.delta } };
    default:
      return unreachable(content);
  }
}

const sse = (event: string, data: object): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
