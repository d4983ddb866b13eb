import type { IncomingMessage } from 'node:http';
import type { SimulatedCall } from '../answer/simulated-call.ts';
import type { Model } from '../options/model-catalog.ts';
import type { Provider } from '../provider.ts';
import type { AnswerWriter, CallReading, RequestProblem, WireRoute } from '../wire/wire-format.ts';
import type { Attempt } from './attempt.ts';
import { readBody } from './read-body.ts';

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
  const problem = findKeyProblem({ headers: req.headers, query }, provider);
  if (problem !== undefined) return { kind: 'refused', problem };
  const body = await readBody(req, maxBodyBytes);
  switch (body.kind) {
    case 'gone':
      return { kind: 'gone' };
    case 'too-large':
      return { kind: 'refused', problem: { kind: 'too-large', maxBytes: maxBodyBytes } };
    case 'body':
      return checkModel(readText(body.text, source), source);
    default:
      return body satisfies never;
  }
}

/** What is wrong with a request's key, if anything. */
export function findKeyProblem(
  from: { readonly headers: IncomingMessage['headers']; readonly query: URLSearchParams },
  { wire, keys }: Provider,
): RequestProblem | undefined {
  const reading = wire.readKey(from);
  if (reading.kind === 'refused') return reading.problem;
  if (keys.accepts(reading.key)) return undefined;
  // As OpenAI does, only the last characters are repeated, and only of keys too long to be told by them.
  const keyHint = reading.key.length < 12 ? '****' : `****${reading.key.slice(-4)}`;
  return { kind: 'wrong-key', keyHint };
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

function checkModel(reading: CallReading, { provider, attempt }: RequestSource): RequestReading {
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
