import { ResponseFormat, ResponseFormat_Kind } from '@switchyard/contracts/routing';
import { askText } from './ask-text.ts';
import { parseObject } from './parse-object.ts';
import { type CompletionTest, failed, passed, textOf } from './provider-test.ts';

const SCHEMA = {
  type: 'object',
  properties: { color: { type: 'string' }, count: { type: 'integer' } },
  required: ['color', 'count'],
  additionalProperties: false,
};

/** Is the answer JSON that fits a schema? */
export const structuredOutputTest: CompletionTest = {
  kind: 'completion',
  name: 'structured_output',
  needs: ['text', 'structured_output'],
  stream: false,
  ask: {
    messages: [askText('Three red apples. Answer with their color and their count.')],
    responseFormat: ResponseFormat.fromPartial({
      kind: ResponseFormat_Kind.JSON_SCHEMA,
      jsonSchema: JSON.stringify(SCHEMA),
      name: 'apples',
      strict: true,
    }),
  },
  judge(answer) {
    const value = parseObject(textOf(answer));
    if (value === undefined)
      return failed(
        'the answer is no JSON object',
        'take this model out of pools that need structured_output',
      );
    return typeof value.color === 'string' && Number.isInteger(value.count)
      ? passed('fits the schema')
      : failed(
          'the answer does not fit the schema',
          'take this model out of pools that need structured_output',
        );
  },
};
