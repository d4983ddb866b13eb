import { type ModerateRequest, type ModerationInput, ModerationScope } from '@switchyard/contracts/routing';
import { type Capability, measureModeration } from '@switchyard/llm';
import type { Check } from '../request/validate-requirements.ts';
import { checkText } from './check-text.ts';
import type { OperationRules } from './operation-rules.ts';

const MAX_INPUTS = 256;
const MAX_TEXT_BYTES = 1024 * 1024;
const MAX_URL_CHARACTERS = 16 * 1024 * 1024;
const IMAGE_URL = /^(?:https:\/\/|data:image\/[a-z0-9.+-]+;base64,)/;
const SCOPES: ReadonlySet<ModerationScope> = new Set([
  ModerationScope.UNSPECIFIED,
  ModerationScope.EACH,
  ModerationScope.TOGETHER,
]);

/** Content, to be judged. */
export const moderate: OperationRules<'moderate'> = {
  validate: checkModerate,
  capabilitiesOf: ({ inputs }): Capability[] =>
    inputs.some(isImage) ? ['moderation', 'vision'] : ['moderation'],
  sizeOf: (request) => {
    const { expected, most, longest } = measureModeration(request);
    return {
      estimatedInputTokens: expected,
      inputTokenBound: most,
      estimatedContextTokens: longest,
      contexts: request.inputs.length,
      maxOutputTokens: 0,
    };
  },
};

const isImage = ({ content }: ModerationInput): boolean => content?.$case === 'imageUrl';

function checkModerate({ inputs, scope }: ModerateRequest, check: Check): void {
  check(inputs.length > 0 && inputs.length <= MAX_INPUTS, 'inputs', `must be 1 to ${MAX_INPUTS}`);
  inputs.slice(0, MAX_INPUTS).forEach((input, i) => {
    checkInput(input, `inputs[${i}]`, check);
  });
  check(SCOPES.has(scope), 'scope', 'must be one of each, together');
}

function checkInput({ content }: ModerationInput, field: string, check: Check): void {
  switch (content?.$case) {
    case 'text':
      checkText(content.value, { field: `${field}.text`, maxBytes: MAX_TEXT_BYTES }, check);
      return;
    case 'imageUrl':
      check(
        content.value.length <= MAX_URL_CHARACTERS && IMAGE_URL.test(content.value),
        `${field}.image_url`,
        `must begin with https:// or data:image/…;base64, and have ${MAX_URL_CHARACTERS} characters at most`,
      );
      return;
    default:
      check(false, field, 'must have a text or an image');
  }
}
