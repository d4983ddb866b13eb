import { type Json, RESULT, type SurfaceRow } from './surface-row.ts';

/** `POST /v1/messages`. */
export const messagesRow: SurfaceRow = {
  name: 'messages',
  path: '/v1/messages',
  finishes: { stop: 'end_turn', length: 'max_tokens', tools: 'tool_use' },
  cannot: {
    temperature: 'the API takes 0 to 1',
    seed: 'the API has none',
    refused: 'the API knows refusals as the end of an answer only',
    logprobs: 'the API has none',
  },
  fields: { stop: 'stop_sequences', effort: 'output_config.effort' },
  write: (model, ask) => ({
    model,
    max_tokens: ask.maxTokens ?? 2_000,
    system: ask.system,
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: ask.text },
          ...(ask.image === undefined
            ? []
            : [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: ask.image } }]),
        ],
      },
    ],
    tools: ask.tools?.map(({ name, schema }) => ({ name, input_schema: schema })),
    stop_sequences: ask.stop === undefined ? undefined : [ask.stop],
    thinking: ask.effort && { type: 'adaptive' },
    output_config: {
      effort: ask.effort,
      format: ask.schema && { type: 'json_schema', schema: ask.schema },
    },
  }),
  goOn: (body, { content }, { calls }) => ({
    ...body,
    messages: [
      ...body.messages,
      { role: 'assistant', content },
      {
        role: 'user',
        content: calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: RESULT })),
      },
    ],
  }),
  streamed: (body) => ({ ...body, stream: true }),
  read: ({ content, stop_reason, usage }) => ({
    text: content.map((block: Json) => (block.type === 'text' ? block.text : '')).join(''),
    calls: content
      .filter((block: Json) => block.type === 'tool_use')
      .map(({ id, name, input }: Json) => ({ id, name, arguments: input })),
    proofs: content
      .map((block: Json) => block.signature ?? block.data)
      .filter((proof: string | undefined) => proof !== undefined && proof !== ''),
    finish: stop_reason,
    inputTokens:
      usage.input_tokens + (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0),
    outputTokens: usage.output_tokens,
    cachedTokens: usage.cache_read_input_tokens ?? 0,
  }),
  collect(events) {
    const content: Json[] = [];
    let end: Json = {};
    for (const event of events) {
      if (event.type === 'content_block_start') content[event.index] = { ...event.content_block, json: '' };
      if (event.type === 'message_delta') end = { ...event.delta, usage: event.usage };
      if (event.type !== 'content_block_delta') continue;
      const block = content[event.index];
      const { text, thinking, signature, partial_json } = event.delta;
      if (text !== undefined) block.text += text;
      if (thinking !== undefined) block.thinking += thinking;
      if (signature !== undefined) block.signature = signature;
      if (partial_json !== undefined) block.json += partial_json;
    }
    const whole = content.map(({ json, ...block }) =>
      block.type === 'tool_use' ? { ...block, input: JSON.parse(json || '{}') } : block,
    );
    return { ...end, content: whole };
  },
};
