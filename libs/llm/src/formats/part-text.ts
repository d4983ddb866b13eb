import type { Part } from '@switchyard/contracts/routing';

/** The texts among some parts, with something between them. */
export function joinedText(parts: readonly Part[], separator: string): string {
  const [first] = parts;
  if (parts.length === 1 && first?.content?.$case === 'text') return first.content.value;
  const texts: string[] = [];
  for (const { content } of parts) if (content?.$case === 'text') texts.push(content.value);
  return texts.join(separator);
}

/** The text of a tool's result, for formats that have no flag for failure: the text says it. */
export function resultText({
  parts,
  isError,
}: {
  readonly parts: readonly Part[];
  readonly isError: boolean;
}): string {
  const text = joinedText(parts, '\n');
  return isError ? `Error: ${text}` : text;
}
