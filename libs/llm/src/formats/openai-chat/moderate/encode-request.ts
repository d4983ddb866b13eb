import { type ModerateRequest, type ModerationInput, ModerationScope } from '@switchyard/contracts/routing';
import { err, ok, type Result } from '@switchyard/kernel';
import type { PlainEncodeInput } from '../../../operations/operation-format.ts';
import type { EncodedRequest } from '../../http-message.ts';
import { passthroughFor } from '../../passthrough.ts';
import type { Unsupported } from '../../unsupported.ts';

/** Fields of the body that the canonical request decides. */
const RESERVED_FIELDS: ReadonlySet<string> = new Set(['model', 'input', 'switchyard']);
const HEADERS = Object.freeze({ 'content-type': 'application/json' });

/** The first thing in a request that `POST /moderations` cannot express: texts are judged each by itself, parts together. */
export function findUnsupportedInModerate({
  request: { inputs, scope },
}: PlainEncodeInput<ModerateRequest>): Unsupported | undefined {
  if (scope === ModerationScope.TOGETHER || inputs.length === 1) return undefined;
  const image = inputs.findIndex(({ content }) => content?.$case === 'imageUrl');
  if (image === -1) return undefined;
  return {
    field: `inputs[${image}].image_url`,
    description: 'is judged here only alone, or with all inputs together (scope)',
  };
}

/** A canonical request as `POST /moderations`. */
export function encodeModerateRequest(
  input: PlainEncodeInput<ModerateRequest>,
): Result<EncodedRequest, Unsupported> {
  const unsupported = findUnsupportedInModerate(input);
  if (unsupported !== undefined) return err(unsupported);
  const { request, model } = input;
  const passthrough = passthroughFor({ request, format: 'openai-chat', reserved: RESERVED_FIELDS });
  if (!passthrough.ok) return passthrough;
  const body = { model, input: inputOf(request), ...passthrough.value };
  return ok({ path: '/moderations', query: undefined, headers: HEADERS, body: JSON.stringify(body) });
}

function inputOf({ inputs, scope }: ModerateRequest): readonly unknown[] {
  const asTexts =
    scope !== ModerationScope.TOGETHER && inputs.every(({ content }) => content?.$case === 'text');
  return asTexts ? inputs.map(({ content }) => content?.value) : inputs.map(partOf);
}

const partOf = ({ content }: ModerationInput): object =>
  content?.$case === 'imageUrl'
    ? { type: 'image_url', image_url: { url: content.value } }
    : { type: 'text', text: content?.value };
