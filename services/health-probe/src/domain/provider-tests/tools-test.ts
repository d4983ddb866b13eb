import { Tool, ToolChoice, ToolChoice_Mode } from '@switchyard/contracts/routing';
import { askText } from './ask-text.ts';
import { parseObject } from './parse-object.ts';
import { type CompletionTest, failed, passed } from './provider-test.ts';

const TOOL = Tool.fromPartial({
  name: 'get_weather',
  description: 'Tells the weather of a city.',
  parametersJsonSchema: JSON.stringify({
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  }),
});

/** Does it call a tool that it must call, with arguments that fit? */
export const toolsTest: CompletionTest = {
  kind: 'completion',
  name: 'tools',
  needs: ['text', 'tools'],
  stream: false,
  ask: {
    messages: [askText('What is the weather in Paris? Call the tool get_weather.')],
    tools: [TOOL],
    toolChoice: ToolChoice.fromPartial({ mode: ToolChoice_Mode.REQUIRED }),
  },
  judge({ message }) {
    const calls = (message?.parts ?? []).flatMap(({ content }) =>
      content?.$case === 'toolCall' ? [content.value] : [],
    );
    const [call] = calls;
    if (call === undefined)
      return failed('it called no tool, though it must', 'take this model out of pools that need tools');
    if (call.name !== TOOL.name)
      return failed('it called a tool that was not offered', 'take this model out of pools that need tools');
    const city = parseObject(call.argumentsJson)?.city;
    return typeof city === 'string'
      ? passed('called with arguments that fit')
      : failed('the arguments do not fit the schema', 'offer tools with strict, or use another model');
  },
};
