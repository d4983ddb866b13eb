import { openaiChat } from '../openai-chat/openai-chat.ts';
import { readChatCall } from '../openai-chat/read-chat-call.ts';
import type {
  AnswerWriter,
  CallReading,
  CallSource,
  KeyReading,
  KeySource,
  RequestTarget,
  WireFormat,
  WireRoute,
} from '../wire-format.ts';

const V1 = '/openai/v1/chat/completions';
const DEPLOYMENT = /^\/openai\/deployments\/([^/]+)\/chat\/completions$/;
const API_VERSION = /^\d{4}-\d{2}-\d{2}(?:-preview)?$/;
const SAFE = { hate: { filtered: false, severity: 'safe' } };

/** Azure OpenAI: https://learn.microsoft.com/azure/ai-services/openai/reference. Both addresses are served. */
export const azureOpenai: WireFormat = {
  ...openaiChat,
  name: 'azure-openai',
  route,
  readKey,
  readCall,
};

/** The same; a name of its own for the format that puts the deployment into the path. */
export const azureOpenaiDeployments: WireFormat = { ...azureOpenai, name: 'azure-openai-deployments' };

function route({ method, path, query }: RequestTarget): WireRoute {
  if (path === V1) return { kind: method === 'POST' ? 'generate' : 'wrong-method' };
  const deployment = DEPLOYMENT.exec(path)?.[1];
  // Without a version that it knows, the real API has no such address.
  if (deployment === undefined || !API_VERSION.test(query.get('api-version') ?? ''))
    return { kind: 'not-found' };
  return method === 'POST' ? { kind: 'generate', model: deployment } : { kind: 'wrong-method' };
}

/** A key, or a token of Entra ID. */
function readKey(source: KeySource): KeyReading {
  const key = source.headers['api-key'];
  return typeof key === 'string' && key !== '' ? { kind: 'key', key } : openaiChat.readKey(source);
}

/** The deployment in the path counts, whatever the body names. */
function readCall(source: CallSource): CallReading {
  const { model } = source.route;
  const body = model === undefined ? source.body : { ...(source.body as object), model };
  const reading = readChatCall({ ...source, body });
  return reading.kind === 'call' ? { ...reading, writer: filtered(reading.writer) } : reading;
}

/** What the filters found of the prompt: in a stream a chunk before all others, without choices and model. */
function filtered(writer: AnswerWriter): AnswerWriter {
  const prompt_filter_results = [{ prompt_index: 0, content_filter_results: SAFE }];
  return {
    ...writer,
    unary: (write) => JSON.stringify({ ...JSON.parse(String(writer.unary(write))), prompt_filter_results }),
    *stream(write) {
      const chunk = { id: '', object: '', created: 0, model: '', prompt_filter_results, choices: [] };
      yield { data: `data: ${JSON.stringify(chunk)}\n\n`, tokens: 0, reasoningTokens: 0 };
      yield* writer.stream(write);
    },
  };
}
