import { err, ok, type Result } from '@switchyard/kernel';
import type { EncodedRequest } from '../http-message.ts';
import { passthroughFor } from '../passthrough.ts';
import type { Unsupported } from '../unsupported.ts';
import type { EncodeInput } from '../wire-format.ts';
import { encodeContents, encodeSystemInstruction } from './encode-contents.ts';
import { encodeGenerationConfig } from './encode-generation-config.ts';
import { encodeToolConfig, encodeTools } from './encode-tools.ts';
import { findUnsupportedInGemini } from './find-unsupported.ts';
import { RESERVED_FIELDS } from './reserved-fields.ts';

const HEADERS = Object.freeze({ 'content-type': 'application/json' });

/** A canonical request as `POST /models/{model}:generateContent`, or `:streamGenerateContent` for a stream. */
export function encodeGenerateRequest(input: EncodeInput): Result<EncodedRequest, Unsupported> {
  const unsupported = findUnsupportedInGemini(input);
  if (unsupported !== undefined) return err(unsupported);
  const { request, stream } = input;
  const passthrough = passthroughFor({ request, format: 'gemini', reserved: RESERVED_FIELDS });
  if (!passthrough.ok) return passthrough;
  const body = {
    systemInstruction: encodeSystemInstruction(request.messages),
    contents: encodeContents(input),
    tools: encodeTools(request.tools),
    toolConfig: encodeToolConfig(request),
    generationConfig: encodeGenerationConfig(input),
    ...passthrough.value,
  };
  return ok({
    path: pathOf(input),
    // Without it a stream is one JSON array.
    query: stream ? 'alt=sse' : undefined,
    headers: HEADERS,
    body: JSON.stringify(body),
  });
}

/** The API lists its models as "models/…"; both spellings are known as ids. */
function pathOf({ model, stream }: EncodeInput): string {
  const name = encodeURIComponent(model.replace(/^models\//, ''));
  return `/models/${name}:${stream ? 'streamGenerateContent' : 'generateContent'}`;
}
