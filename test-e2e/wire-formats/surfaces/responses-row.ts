import { type Json, RESULT, type SurfaceRow } from './surface-row.ts';

/** `POST /v1/responses`. */
export const responsesRow: SurfaceRow = {
  name: 'responses',
  path: '/v1/responses',
  finishes: { stop: 'completed', length: 'incomplete', tools: 'completed' },
  cannot: { stop: 'the API has no stop texts', seed: 'the API has none' },
  fields: { temperature: 'temperature', effort: 'reasoning.effort', logprobs: 'top_logprobs' },
  write: (model, ask) => ({
    model,
    instructions: ask.system,
    input: [
      ...(ask.refused === undefined
        ? []
        : [
            { role: 'user', content: 'Do harm.' },
            { role: 'assistant', content: [{ type: 'refusal', refusal: ask.refused }] },
          ]),
      {
        role: 'user',
        content: [
          { type: 'input_text', text: ask.text },
          ...(ask.image === undefined
            ? []
            : [{ type: 'input_image', image_url: `data:image/png;base64,${ask.image}`, detail: 'auto' }]),
        ],
      },
    ],
    tools: ask.tools?.map(({ name, schema }) => ({
      type: 'function',
      name,
      parameters: schema,
      strict: false,
    })),
    text: ask.schema && { format: { type: 'json_schema', name: 'answer', schema: ask.schema, strict: true } },
    max_output_tokens: ask.maxTokens,
    reasoning: ask.effort && { effort: ask.effort },
    temperature: ask.temperature,
    top_logprobs: ask.logprobs && 2,
  }),
  goOn: (body, { output }, { calls }) => ({
    ...body,
    input: [
      ...body.input,
      ...output,
      ...calls.map(({ id }) => ({ type: 'function_call_output', call_id: id, output: RESULT })),
    ],
  }),
  streamed: (body) => ({ ...body, stream: true }),
  read: ({ output, status, usage }) => ({
    text: output
      .flatMap((item: Json) => (item.type === 'message' ? item.content : []))
      .map((part: Json) => part.text ?? '')
      .join(''),
    calls: output
      .filter((item: Json) => item.type === 'function_call')
      .map((item: Json) => ({ id: item.call_id, name: item.name, arguments: JSON.parse(item.arguments) })),
    proofs: output
      .map((item: Json) => item.encrypted_content?.replace(/^sig\./, ''))
      .filter((proof: string | undefined) => proof !== undefined),
    finish: status,
    inputTokens: usage.input_tokens,
    outputTokens: usage.output_tokens,
    cachedTokens: usage.input_tokens_details?.cached_tokens ?? 0,
  }),
  collect(events) {
    if (events.some(({ sequence_number }, i) => sequence_number !== i)) throw new TypeError('badly numbered');
    return events.at(-1)?.response;
  },
};
