import {
  type CompleteRequest,
  type Message,
  type Part,
  Role,
  ToolChoice_Mode,
} from '@switchyard/contracts/routing';
import type { Check } from './validate-requirements.ts';

const MAX_MESSAGES = 2_048;
const MAX_PARTS = 1_000;
const MAX_TOOLS = 128;
const MAX_MEDIA_BYTES = 20 * 1024 * 1024;
/** Seconds that a prompt cache may be asked to keep; 0 is the default. */
const CACHE_TTLS = [0, 300, 3_600];
const EFFORTS = ['', 'none', 'minimal', 'low', 'medium', 'high'];

/** Checks what a chat has beside the fields that all requests have. */
export function checkChat(request: CompleteRequest, check: Check): void {
  check(
    request.messages.length > 0 && request.messages.length <= MAX_MESSAGES,
    'messages',
    `must have 1 to ${MAX_MESSAGES} messages`,
  );
  check(request.tools.length <= MAX_TOOLS, 'tools', `must have at most ${MAX_TOOLS} tools`);
  request.messages.slice(0, MAX_MESSAGES).forEach((message, i) => {
    checkMessage(message, `messages[${i}]`, check);
  });
  request.tools.slice(0, MAX_TOOLS).forEach(({ name }, i) => {
    check(
      /^[A-Za-z0-9_-]{1,64}$/.test(name),
      `tools[${i}].name`,
      'must have 1 to 64 characters of A-Z a-z 0-9 _ -',
    );
  });
  checkChoices(request, check);
  checkSampling(request, check);
}

function checkChoices({ toolChoice, responseFormat }: CompleteRequest, check: Check): void {
  const isNamed = toolChoice?.mode === ToolChoice_Mode.NAMED;
  check(
    (toolChoice?.name ?? '') === '' ? !isNamed : isNamed,
    'tool_choice.name',
    'is needed with MODE_NAMED, and only then',
  );
  check((responseFormat?.name ?? '').length <= 64, 'response_format.name', 'must have at most 64 characters');
}

function checkMessage({ role, parts, name }: Message, field: string, check: Check): void {
  const known =
    role === Role.SYSTEM ||
    role === Role.DEVELOPER ||
    role === Role.USER ||
    role === Role.ASSISTANT ||
    role === Role.TOOL;
  check(known, `${field}.role`, 'must be system, developer, user, assistant or tool');
  check(name.length <= 64, `${field}.name`, 'must have at most 64 characters');
  check(parts.length <= MAX_PARTS, `${field}.parts`, `must have at most ${MAX_PARTS} parts`);
  check(parts.length > 0 || role === Role.ASSISTANT, `${field}.parts`, 'must have at least one part');
  parts.slice(0, MAX_PARTS).forEach(({ content, cacheControl }, i) => {
    check(
      CACHE_TTLS.includes(cacheControl?.ttlSeconds ?? 0),
      `${field}.parts[${i}].cache_control.ttl_seconds`,
      'must be 300 or 3600',
    );
    checkPart(content, { field: `${field}.parts[${i}]`, role }, check);
  });
}

function checkPart(
  content: Part['content'],
  { field, role }: { field: string; role: Role },
  check: Check,
): void {
  check(content !== undefined, field, 'must have a content');
  const fromModel =
    content?.$case === 'toolCall' || content?.$case === 'reasoning' || content?.$case === 'refusal';
  check(
    !fromModel || role === Role.ASSISTANT,
    field,
    'a tool call, reasoning or refusal belongs to an assistant message',
  );
  if (content?.$case === 'toolResult') {
    check(role === Role.TOOL || role === Role.USER, field, 'a tool result belongs to a tool or user message');
    check(content.value.toolCallId !== '', `${field}.tool_result.tool_call_id`, 'must name the call');
  }
  if (content?.$case === 'image' || content?.$case === 'audio' || content?.$case === 'file') {
    const { source, mediaType } = content.value;
    check(source !== undefined, `${field}.${content.$case}`, 'must have data, a url or a file_id');
    check(
      source?.$case !== 'data' || mediaType !== '',
      `${field}.${content.$case}.media_type`,
      'is required with data',
    );
    check(
      source?.$case !== 'data' || source.value.length <= MAX_MEDIA_BYTES,
      `${field}.${content.$case}.data`,
      `must have at most ${MAX_MEDIA_BYTES} bytes`,
    );
    check(
      source?.$case !== 'url' || /^https:\/\//.test(source.value),
      `${field}.${content.$case}.url`,
      'must begin with https://',
    );
  }
}

function checkSampling({ sampling }: CompleteRequest, check: Check): void {
  if (sampling === undefined) return;
  const within = (value: number | undefined, min: number, max: number) =>
    value === undefined || (Number.isFinite(value) && value >= min && value <= max);
  check(
    within(sampling.maxOutputTokens, 1, 10_000_000),
    'sampling.max_output_tokens',
    'must be from 1 to 10000000',
  );
  check(within(sampling.temperature, 0, 2), 'sampling.temperature', 'must be from 0 to 2');
  check(within(sampling.topP, Number.MIN_VALUE, 1), 'sampling.top_p', 'must be above 0 and at most 1');
  check(within(sampling.topK, 1, 1_000_000), 'sampling.top_k', 'must be at least 1');
  check(within(sampling.frequencyPenalty, -2, 2), 'sampling.frequency_penalty', 'must be from -2 to 2');
  check(within(sampling.presencePenalty, -2, 2), 'sampling.presence_penalty', 'must be from -2 to 2');
  check(
    within(sampling.reasoningBudgetTokens, 1, 10_000_000),
    'sampling.reasoning_budget_tokens',
    'must be from 1 to 10000000',
  );
  check(sampling.stop.length <= 16, 'sampling.stop', 'must have at most 16 texts');
  check(
    sampling.stop.every((text) => text.length > 0 && text.length <= 1_024),
    'sampling.stop',
    'each text must have 1 to 1024 characters',
  );
  check(
    EFFORTS.includes(sampling.reasoningEffort),
    'sampling.reasoning_effort',
    'must be none, minimal, low, medium or high',
  );
}
