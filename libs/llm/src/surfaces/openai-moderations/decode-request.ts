import {
  type ModerateRequest,
  type ModerationInput,
  ModerationScope,
  Purpose,
} from '@switchyard/contracts/routing';
import { err, type FieldViolation, ok, type Result } from '@switchyard/kernel';
import { isObject } from '../../formats/json.ts';
import { decodePassthrough } from '../decode-passthrough.ts';
import { FieldReader, Violations } from '../field-reader.ts';
import type { CallerHeaders } from '../surface.ts';
import { readExtension } from '../switchyard/read-extension.ts';

/** A request for verdicts, decoded. */
export interface ModerationsBody {
  readonly request: ModerateRequest;
}

/** What OpenAI takes where none is named. */
const DEFAULT_MODEL = 'omni-moderation-latest';
const MAX_INPUTS = 256;
const MAX_CHARACTERS = 1024 * 1024;
const MAX_URL_CHARACTERS = 16 * 1024 * 1024;
const RESERVED_FIELDS: ReadonlySet<string> = new Set(['model', 'input', 'switchyard']);

/** Turns the body of `POST /v1/moderations` into the canonical request, or names every field that is wrong. */
export function decodeModerationsBody(
  json: unknown,
  headers: CallerHeaders,
): Result<ModerationsBody, FieldViolation[]> {
  if (!isObject(json)) return err([{ field: '(body)', description: 'must be a JSON object' }]);
  const violations = new Violations();
  const body = new FieldReader({ object: json, path: '', violations });
  const passthroughJson = decodePassthrough(body, RESERVED_FIELDS);
  const request: ModerateRequest = {
    model: body.string('model', 256) || DEFAULT_MODEL,
    inputs: decodeInputs(body),
    scope: isParts(json.input) ? ModerationScope.TOGETHER : ModerationScope.EACH,
    user: '',
    purpose: Purpose.UNSPECIFIED,
    passthroughJson,
    passthroughFormat: passthroughJson === '' ? '' : 'openai-chat',
    ...readExtension(body, headers, violations),
  };
  return violations.list.length === 0 ? ok({ request }) : err(violations.list);
}

/** Parts of one message, as against texts. */
const isParts = (input: unknown): boolean => Array.isArray(input) && isObject(input[0]);

/** One text, several, or the parts of one message. */
function decodeInputs(body: FieldReader): ModerationInput[] {
  const { input } = body.object;
  if (typeof input === 'string') return [textInput(body, { text: input, path: 'input' })];
  if (!Array.isArray(input) || input.length === 0) {
    body.refuse('input', 'is required: a text, a list of texts, or a list of parts');
    return [];
  }
  if (isParts(input)) return body.readers('input', MAX_INPUTS).map(decodePart);
  return body
    .list('input', MAX_INPUTS)
    .map((text, index) => textInput(body, { text, path: `input[${index}]` }));
}

function decodePart(part: FieldReader): ModerationInput {
  if (part.oneOf('type', ['text', 'image_url']) === 'image_url') {
    const value = part.reader('image_url')?.requiredString('url', MAX_URL_CHARACTERS) ?? '';
    if (!part.has('image_url')) part.refuse('image_url', 'is required');
    return { content: { $case: 'imageUrl', value } };
  }
  return { content: { $case: 'text', value: part.requiredString('text', MAX_CHARACTERS) } };
}

function textInput(
  body: FieldReader,
  { text, path }: { readonly text: unknown; readonly path: string },
): ModerationInput {
  if (typeof text === 'string' && text !== '' && text.length <= MAX_CHARACTERS)
    return { content: { $case: 'text', value: text } };
  body.refuse(path, `must be a text of 1 to ${MAX_CHARACTERS} characters`);
  return { content: undefined };
}
