import { type Ask, type Json, RESULT, type Seen, type SurfaceRow } from './surface-row.ts';

/** What Chat Completions say of an {@link Ask}. */
export const chatFields = (ask: Ask): Json => ({
  messages: [
    ...(ask.system === undefined ? [] : [{ role: 'system', content: ask.system }]),
    ...(ask.refused === undefined
      ? []
      : [
          { role: 'user', content: 'Do harm.' },
          { role: 'assistant', content: null, refusal: ask.refused },
        ]),
    {
      role: 'user',
      content:
        ask.image === undefined
          ? ask.text
          : [
              { type: 'text', text: ask.text },
              { type: 'image_url', image_url: { url: `data:image/png;base64,${ask.image}` } },
            ],
    },
  ],
  tools: ask.tools?.map(({ name, schema }) => ({ type: 'function', function: { name, parameters: schema } })),
  response_format: ask.schema && {
    type: 'json_schema',
    json_schema: { name: 'answer', schema: ask.schema, strict: true },
  },
  max_tokens: ask.maxTokens,
  stop: ask.stop,
  reasoning_effort: ask.effort,
  temperature: ask.temperature,
  seed: ask.seed,
  logprobs: ask.logprobs,
});

/** The messages that follow when tools were called. */
export const chatResults = (message: Json): Json[] => [
  message,
  ...message.tool_calls.map(({ id }: Json) => ({ role: 'tool', tool_call_id: id, content: RESULT })),
];

/** What a message of Chat Completions shows. */
export const chatSeen = (message: Json): Pick<Seen, 'text' | 'calls' | 'proofs'> => ({
  text: message.content ?? '',
  calls: (message.tool_calls ?? []).map((call: Json) => ({
    id: call.id,
    name: call.function.name,
    arguments: JSON.parse(call.function.arguments),
  })),
  proofs: [
    ...(message.reasoning_details ?? []).map((detail: Json) => detail.signature ?? detail.data),
    // A proof directly before a call stands with the call.
    ...(message.tool_calls ?? []).flatMap((call: Json) => call.extra_content?.google.thought_signature ?? []),
  ],
});

/** `POST /v1/chat/completions`. */
export const chatRow: SurfaceRow = {
  name: 'chat completions',
  path: '/v1/chat/completions',
  finishes: { stop: 'stop', length: 'length', tools: 'tool_calls' },
  cannot: {},
  fields: {
    temperature: 'temperature',
    seed: 'seed',
    stop: 'stop',
    effort: 'reasoning_effort',
    logprobs: 'logprobs',
  },
  write: (model, ask) => ({ model, ...chatFields(ask) }),
  goOn: (body, { choices }) => ({
    ...body,
    messages: [...body.messages, ...chatResults(choices[0].message)],
  }),
  streamed: (body) => ({ ...body, stream: true, stream_options: { include_usage: true } }),
  read: ({ choices, usage }) => ({
    ...chatSeen(choices[0].message),
    finish: choices[0].finish_reason,
    inputTokens: usage.prompt_tokens,
    outputTokens: usage.completion_tokens,
    cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
  }),
  collect(events) {
    const message: Json = { role: 'assistant', content: '', tool_calls: [], reasoning_details: [] };
    let finish_reason = '';
    for (const { choices } of events) {
      const [{ delta = {}, finish_reason: reason } = {} as Json] = choices;
      finish_reason = reason ?? finish_reason;
      message.content += delta.content ?? '';
      message.reasoning_details.push(...(delta.reasoning_details ?? []));
      for (const call of delta.tool_calls ?? []) {
        message.tool_calls[call.index] ??= { ...call, function: { name: '', arguments: '' } };
        const known = message.tool_calls[call.index];
        known.function.name += call.function.name ?? '';
        known.function.arguments += call.function.arguments ?? '';
      }
    }
    return { choices: [{ message, finish_reason }], usage: events.at(-1)?.usage };
  },
};
