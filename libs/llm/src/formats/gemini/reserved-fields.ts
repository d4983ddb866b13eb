/**
 * Fields of a generateContent request that the canonical request decides, or that Switchyard does not offer, in both
 * spellings that the API takes. They never pass through.
 */
export const RESERVED_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'contents',
  'systemInstruction',
  'system_instruction',
  'tools',
  'toolConfig',
  'tool_config',
  'generationConfig',
  'generation_config',
  // Content that the caller did not send, and whose tokens no bound of the cost would know.
  'cachedContent',
  'cached_content',
]);
