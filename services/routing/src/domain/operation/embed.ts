import { type EmbedInput, EmbedPurpose, type EmbedRequest } from '@switchyard/contracts/routing';
import { boundEmbedTokens, estimateEmbedTokens, estimateLongestInput } from '@switchyard/llm';
import type { Check } from '../request/validate-requirements.ts';
import { checkText } from './check-text.ts';
import type { OperationRules } from './operation-rules.ts';

const MAX_INPUTS = 2_048;
const MAX_TEXT_BYTES = 1024 * 1024;
const MAX_TOKENS = 100_000;
const MAX_DIMENSIONS = 65_536;
const PURPOSES: ReadonlySet<EmbedPurpose> = new Set(
  Object.values(EmbedPurpose).filter((purpose) => purpose !== EmbedPurpose.UNRECOGNIZED),
);

/** Texts, to be turned into vectors. */
export const embed: OperationRules<'embed'> = {
  validate: checkEmbed,
  capabilitiesOf: () => ['embeddings'],
  sizeOf: (request) => ({
    estimatedInputTokens: estimateEmbedTokens(request),
    inputTokenBound: boundEmbedTokens(request),
    estimatedContextTokens: estimateLongestInput(request),
    contexts: request.inputs.length,
    maxOutputTokens: 0,
  }),
};

function checkEmbed({ inputs, dimensions, embedPurpose }: EmbedRequest, check: Check): void {
  check(inputs.length > 0 && inputs.length <= MAX_INPUTS, 'inputs', `must be 1 to ${MAX_INPUTS}`);
  inputs.slice(0, MAX_INPUTS).forEach((input, i) => {
    checkInput(input, `inputs[${i}]`, check);
  });
  check(
    dimensions === undefined || (dimensions >= 1 && dimensions <= MAX_DIMENSIONS),
    'dimensions',
    `must be from 1 to ${MAX_DIMENSIONS}`,
  );
  check(
    PURPOSES.has(embedPurpose),
    'embed_purpose',
    'must be one of query, document, classification, clustering',
  );
}

function checkInput({ content }: EmbedInput, field: string, check: Check): void {
  switch (content?.$case) {
    case 'text':
      checkText(content.value, { field: `${field}.text`, maxBytes: MAX_TEXT_BYTES }, check);
      return;
    case 'tokens': {
      const { length } = content.value.tokens;
      check(length > 0 && length <= MAX_TOKENS, `${field}.tokens`, `must be 1 to ${MAX_TOKENS}`);
      return;
    }
    default:
      check(false, field, 'must have a text or tokens');
  }
}
