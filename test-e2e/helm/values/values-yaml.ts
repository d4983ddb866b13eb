import { stringify } from 'yaml';
import type { JsonSchema } from './json-schema.ts';

const WIDTH = 118;
/** Properties that are there for Helm and have no line of their own. */
const HELMS_OWN = new Set(['enabled', 'switchyard-lib']);

/** A chart's values.yaml: each value with its description, its default, or what it would be if it were set. */
export function valuesYaml(schema: JsonSchema, title: string): string {
  const properties = Object.entries(schema.properties ?? {}).filter(
    ([name, { default: fallback }]) => !HELMS_OWN.has(name) || fallback !== undefined,
  );
  const blocks = properties.map(([name, property]) => block(name, property, 0).join('\n'));
  return `# ${title}\n# Written from helm/schema by test-e2e/helm/values/main.ts; the schema beside it refuses everything else.\n\n${blocks.join('\n\n')}\n`;
}

function block(name: string, schema: JsonSchema, depth: number): string[] {
  const indent = '  '.repeat(depth);
  const lines = comment(describe(schema), indent);
  if (schema.default !== undefined) return [...lines, ...entry(name, schema.default, indent)];
  if (schema.type !== 'object') return [...lines, `${indent}# ${name}: ${example(schema)}`];
  const children = Object.entries(schema.properties ?? {}).map(([child, property]) =>
    block(child, property, depth + 1),
  );
  const isEmpty = children.every((child) => child.every((line) => line.trimStart().startsWith('#')));
  return [...lines, `${indent}${name}:${isEmpty ? ' {}' : ''}`, ...children.flat()];
}

function describe({ description, enum: choices, minimum, maximum }: JsonSchema): string {
  if (description === undefined) throw new Error('every value has a description');
  if (choices !== undefined) return `${description} One of ${choices.join(', ')}.`;
  return minimum === undefined ? description : `${description} ${minimum} to ${maximum}.`;
}

function entry(name: string, value: unknown, indent: string): string[] {
  return stringify({ [name]: value }, { lineWidth: 0 })
    .trimEnd()
    .split('\n')
    .map((line) => `${indent}${line}`);
}

/** What the value would be without being set. */
const example = ({ serviceDefault = '' }: JsonSchema): string => JSON.stringify(serviceDefault);

/** A text as comment lines, none longer than a line may be. */
function comment(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + word.length + 3 > WIDTH) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((content) => `${indent}# ${content}`);
}
