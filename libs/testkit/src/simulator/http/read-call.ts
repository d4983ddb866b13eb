import type { IncomingMessage } from 'node:http';
import type { SimulatedCall } from '../answer/simulated-call.ts';
import type { Model } from '../options/model-catalog.ts';
import type { Provider } from '../provider.ts';
import type {
  AnswerWriter,
  CallReading,
  KeyReading,
  RequestProblem,
  WireRoute,
} from '../wire/wire-format.ts';
import type { Attempt } from './attempt.ts';
import { type BodyReading, readBody } from './read-body.ts';
import { readForm } from './read-form.ts';

/** A request that can be answered, or what became of it. */
export type RequestReading =
  | {
      readonly kind: 'call';
      readonly call: SimulatedCall;
      readonly writer: AnswerWriter;
      readonly model: Model;
    }
  | { readonly kind: 'refused'; readonly problem: RequestProblem }
  | { readonly kind: 'gone' };

/** What a request is read with. */
export interface RequestSource {
  readonly req: IncomingMessage;
  readonly route: Extract<WireRoute, { kind: 'generate' }>;
  readonly query: URLSearchParams;
  readonly provider: Provider;
  readonly maxBodyBytes: number;
  readonly attempt: Attempt;
}

/** Checks a request in the order of the real ones: key, size, JSON, fields, model. */
export async function readCall(source: RequestSource): Promise<RequestReading> {
  const { req, query, provider, maxBodyBytes } = source;
  const { method = '', url = '', headers } = req;
  const key = provider.wire.readKey({ method, url, headers, query });
  const problem = findKeyProblem(key, provider);
  if (problem !== undefined) return { kind: 'refused', problem };
  const body = await readBody(req, maxBodyBytes);
  switch (body.kind) {
    case 'gone':
      return { kind: 'gone' };
    case 'too-large':
      return { kind: 'refused', problem: { kind: 'too-large', maxBytes: maxBodyBytes } };
    case 'body': {
      const forged = findSignatureProblem(key, { body: body.text, provider });
      if (forged !== undefined) return { kind: 'refused', problem: forged };
      return checkModel(await readBodyOf(body, source), source);
    }
    default:
      return body satisfies never;
  }
}

/** What is wrong with a request's key, if anything; a signature is checked once the body is there. */
export function findKeyProblem(reading: KeyReading, { keys, tokens }: Provider): RequestProblem | undefined {
  if (reading.kind === 'refused') return reading.problem;
  if (reading.kind === 'signature') {
    const { keyId } = reading.signature;
    return keys.secretOf(keyId) === undefined ? { kind: 'wrong-key', keyHint: keyId } : undefined;
  }
  if (keys.accepts(reading.key) || tokens.accepts(reading.key, Date.now())) return undefined;
  // As OpenAI does, only the last characters are repeated, and only of keys too long to be told by them.
  const keyHint = reading.key.length < 12 ? '****' : `****${reading.key.slice(-4)}`;
  return { kind: 'wrong-key', keyHint };
}

/** What is wrong with a request's signature, if it has one. */
export function findSignatureProblem(
  reading: KeyReading,
  { body, provider }: { readonly body: string; readonly provider: Provider },
): RequestProblem | undefined {
  if (reading.kind !== 'signature') return undefined;
  const known = provider.keys.secretOf(reading.signature.keyId);
  if (known === undefined || known === 'any') return undefined;
  const verdict = reading.signature.check(known.secret, body);
  if (verdict === 'right') return undefined;
  const message =
    verdict === 'expired'
      ? 'Signature expired: its time is more than 15 minutes away.'
      : 'The request signature we calculated does not match the signature you provided.';
  return { kind: 'rule', message, code: 'InvalidSignatureException' };
}

type Body = Extract<BodyReading, { kind: 'body' }>;

/** A form comes as an object, anything else is JSON. */
async function readBodyOf({ bytes, text }: Body, source: RequestSource): Promise<CallReading> {
  if (source.route.what !== 'transcription') return readText(text, source);
  const { req, route, provider } = source;
  const form = await readForm(bytes, req.headers['content-type'] ?? '');
  if (form === undefined) return { kind: 'refused', problem: { kind: 'not-json' }, stream: false };
  const { wire, unknownFields, tokensPerChunk } = provider;
  return wire.readCall({ body: form, headers: req.headers, route, unknownFields, tokensPerChunk });
}

function readText(text: string, { req, route, provider }: RequestSource): CallReading {
  const refused = { kind: 'refused', problem: { kind: 'not-json' }, stream: false } as const;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return refused;
  }
  const { wire, unknownFields, tokensPerChunk } = provider;
  try {
    return wire.readCall({ body, headers: req.headers, route, unknownFields, tokensPerChunk });
  } catch (error) {
    // Nested so deeply that it can not be written as JSON again.
    if (error instanceof RangeError) return refused;
    throw error;
  }
}

/** Whether what was read can be asked of its model. */
export function checkModel(
  reading: CallReading,
  { provider, attempt }: Pick<RequestSource, 'provider' | 'attempt'>,
): Exclude<RequestReading, { kind: 'gone' }> {
  if (reading.kind === 'refused') {
    attempt.stream = reading.stream;
    if (reading.model !== undefined) attempt.setModel(reading.model);
    return { kind: 'refused', problem: reading.problem };
  }
  const { call, writer } = reading;
  attempt.stream = call.stream;
  attempt.setModel(call.model);
  const model = provider.models.find(call.model);
  if (model === undefined) {
    return { kind: 'refused', problem: { kind: 'unknown-model', model: call.model } };
  }
  const problem =
    findModelProblem(call, model) ?? (model.reasoning === 'always' ? reading.ifReasoningModel : undefined);
  return problem === undefined ? { kind: 'call', call, writer, model } : { kind: 'refused', problem };
}

function findModelProblem(call: SimulatedCall, model: Model): RequestProblem | undefined {
  const tokens = call.prompt.reduce((sum, piece) => sum + piece.tokens, 0);
  if (tokens > model.contextTokens) {
    return { kind: 'context-exceeded', tokens, limit: model.contextTokens };
  }
  if (model.reasoning === 'never' && call.reasoning.kind === 'tokens') {
    return { kind: 'reasoning-unsupported', model: model.name };
  }
  if (model.reasoning === 'always' && call.reasoning.kind === 'off') {
    return { kind: 'reasoning-required', model: model.name };
  }
  return undefined;
}
