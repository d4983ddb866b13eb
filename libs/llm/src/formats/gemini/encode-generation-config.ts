import { type ResponseFormat, ResponseFormat_Kind, type Sampling } from '@switchyard/contracts/routing';
import { parseJsonObject } from '../json.ts';
import type { EncodeInput } from '../wire-format.ts';
import { encodeThinking } from './thinking-config.ts';

/** `generationConfig`; `undefined` where nothing is set. */
export function encodeGenerationConfig(input: EncodeInput): object | undefined {
  const { request, maxOutputTokens } = input;
  const { sampling } = request;
  const config = {
    maxOutputTokens,
    ...(sampling === undefined
      ? {}
      : { ...encodeSampling(sampling), thinkingConfig: encodeThinking(input, sampling) }),
    ...encodeResponseFormat(request.responseFormat),
  };
  return Object.values(config).some((value) => value !== undefined) ? config : undefined;
}

function encodeSampling(sampling: Sampling): object {
  return {
    temperature: sampling.temperature,
    topP: sampling.topP,
    topK: sampling.topK,
    stopSequences: sampling.stop.length === 0 ? undefined : sampling.stop,
    frequencyPenalty: sampling.frequencyPenalty,
    presencePenalty: sampling.presencePenalty,
    seed: sampling.seed === undefined ? undefined : Number(sampling.seed),
  };
}

function encodeResponseFormat(format: ResponseFormat | undefined): object {
  if (format?.kind === ResponseFormat_Kind.JSON_OBJECT) return { responseMimeType: 'application/json' };
  if (format?.kind !== ResponseFormat_Kind.JSON_SCHEMA) return {};
  return { responseMimeType: 'application/json', responseJsonSchema: parseJsonObject(format.jsonSchema) };
}
