import type { PartialRequest } from '@switchyard/client';
import { type Message, Role } from '@switchyard/contracts/routing';

/** A message of one text. */
export const saying = (role: Role, text: string) => ({
  role,
  parts: [{ content: { $case: 'text' as const, value: text } }],
});
export const user = (text: string) => saying(Role.USER, text);

/** What a message says, reasoning left out. */
export const shownOf = ({ parts }: Message) =>
  parts.map(({ content }) => content).filter((content) => content?.$case !== 'reasoning');

/** The tool calls of a message. */
export const callsOf = (message: Message) =>
  message.parts.flatMap(({ content }) => (content?.$case === 'toolCall' ? [content.value] : []));

/** A message without what differs from one answer to the next, the ids of calls and items, and from one door to the other. */
export const withoutIds = ({ parts }: Message): unknown =>
  JSON.parse(
    JSON.stringify(parts, (key, value) => {
      if (key === 'id' || key === '_unknownFields') return undefined;
      return key === 'signature' ? value.replace(/:rs_\w+/, ':rs') : value;
    }),
  );

/** Two tools, one of them with arguments. */
export const TOOLS = [
  { name: 'get_tide', parametersJsonSchema: '{"type":"object","properties":{"port":{"type":"string"}}}' },
  { name: 'get_wind' },
];

/** The conversation after tools were called: the answer as it came, and a result of each call. */
export const withResults = (ask: ReturnType<typeof user>, answer: Message) => [
  ask,
  answer,
  ...callsOf(answer).map(({ id }) => ({
    role: Role.TOOL,
    parts: [
      {
        content: { $case: 'toolResult' as const, value: { toolCallId: id, parts: user('calm').parts } },
      },
    ],
  })),
];

/** A conversation whose beginning is long enough to be cached, and marked for the formats that want that. */
export const cachedConversation = (rules: string, question: string): PartialRequest => ({
  messages: [
    {
      role: Role.SYSTEM,
      parts: [
        {
          content: {
            $case: 'text',
            value: `You know the rules of ${rules}. ${'Keep to the rule. '.repeat(400)}`,
          },
          cacheControl: { ttlSeconds: 3_600 },
        },
      ],
    },
    {
      role: Role.USER,
      parts: [{ content: { $case: 'text', value: question }, cacheControl: { ttlSeconds: 300 } }],
    },
  ],
});
