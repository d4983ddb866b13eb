import { readBearer } from '../bearer.ts';
import type {
  KeyReading,
  KeySource,
  ListedModel,
  RequestTarget,
  WireFormat,
  WireRoute,
} from '../wire-format.ts';
import { converseErrorFrame, converseFailure, converseRefusal } from './converse-errors.ts';
import { converseEvent } from './converse-writer.ts';
import { readConverseCall } from './read-converse-call.ts';
import { readSignature } from './signature.ts';

/** Amazon Bedrock's Converse, signed or with a Bedrock key: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export const bedrockConverse: WireFormat = {
  name: 'bedrock-converse',
  cacheStyle: 'marked',
  jsonContentType: 'application/json',
  garbageFrame: converseEvent('contentBlockDelta', '{"contentBlockIndex":\u0000garbage,,'),
  route,
  readKey,
  readCall: readConverseCall,
  modelList: (models) => ({ modelSummaries: models.map(modelEntry) }),
  modelEntry,
  refusal: converseRefusal,
  failure: converseFailure,
  errorFrame: converseErrorFrame,
  headers: ({ id }) => ({ 'x-amzn-requestid': id }),
};

const CONVERSE = /^\/model\/(.+)\/(converse|converse-stream)$/;

function route({ method, path }: RequestTarget): WireRoute {
  if (path === '/foundation-models') return { kind: method === 'GET' ? 'list-models' : 'wrong-method' };
  const [, model, call] = CONVERSE.exec(path) ?? [];
  if (model === undefined) return { kind: 'not-found' };
  if (method !== 'POST') return { kind: 'wrong-method' };
  return { kind: 'generate', model, streaming: call === 'converse' ? 'unary' : 'sse' };
}

/** A signature, or a Bedrock key as bearer token. */
function readKey(source: KeySource): KeyReading {
  const signature = readSignature(source);
  return signature === undefined ? readBearer(source) : { kind: 'signature', signature };
}

function modelEntry({ name }: ListedModel) {
  return {
    modelId: name,
    modelName: `${name} (simulated)`,
    inputModalities: ['TEXT', 'IMAGE'],
    outputModalities: ['TEXT'],
    responseStreamingSupported: true,
  };
}
