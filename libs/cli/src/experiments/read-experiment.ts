import { readFile } from 'node:fs/promises';
import {
  Experiment,
  ExperimentMetric,
  type ExperimentVariant,
  StickyKey,
} from '@switchyard/contracts/routing';
import { parseDocument } from 'yaml';
import { type CommandInput, textOption, UsageError } from '../command.ts';
import { EXPERIMENT_FIELDS } from '../configuration/document-schema.ts';
import { readObject } from '../configuration/read-value.ts';

/** Longest document that is read, in characters. */
const MAX_LENGTH = 1024 * 1024;

/** The experiment to create, from a document or from options. @throws with everything that is wrong */
export async function readExperiment(input: CommandInput, id: string | undefined): Promise<Experiment> {
  const file = textOption(input, 'file');
  const read = file === undefined ? ofOptions(input, id) : await ofFile(file, id);
  const tenant = textOption(input, 'tenant');
  return tenant === undefined || read.tenant !== '' ? read : { ...read, tenant };
}

async function ofFile(file: string, id: string | undefined): Promise<Experiment> {
  if (id !== undefined) throw new UsageError('the id stands in the file; leave one of both out');
  const content = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Error(`${file} cannot be read: ${error.message}`);
  });
  if (content.length > MAX_LENGTH) throw new Error(`${file} is longer than ${MAX_LENGTH} characters`);
  return parseExperiment(content, file);
}

/** An experiment from YAML, of which JSON is a part. @param source what it is called in errors */
export function parseExperiment(content: string, source: string): Experiment {
  const parsed = parseDocument(content, { intAsBigInt: true });
  const [error] = parsed.errors;
  if (error !== undefined) throw new Error(`${source}: ${error.message.split(':\n')[0]}`);
  const problems: string[] = [];
  const report = (path: string, description: string) =>
    problems.push(`${[`${source}:`, path].join(' ').trim()} ${description}`);
  const read = readObject(parsed.toJS(), EXPERIMENT_FIELDS, { path: '', report });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return Experiment.fromPartial(read ?? {});
}

function ofOptions(input: CommandInput, id: string | undefined): Experiment {
  if (id === undefined) throw new UsageError('experiments create needs a file (-f FILE) or an id');
  const stickyBy = textOption(input, 'sticky-by') ?? 'request';
  const [sticky = '', label = ''] = splitOnce(stickyBy, ':');
  const significance = textOption(input, 'significance');
  return Experiment.fromPartial({
    id,
    description: textOption(input, 'description') ?? '',
    model: textOption(input, 'model') ?? '',
    variants: variantsOf(input),
    stickyBy: wordOption(StickyKey, { option: '--sticky-by', word: sticky }),
    stickyLabel: label,
    metric: wordOption(ExperimentMetric, { option: '--metric', word: textOption(input, 'metric') ?? 'cost' }),
    significance: significance === undefined ? undefined : numberOf(significance),
  });
}

/** `NAME=[WEIGHT:]MODEL`; models may have colons themselves. */
const VARIANT = /^([^=]+)=(?:(\d{1,7}):)?(.+)$/;

function variantsOf({ options }: CommandInput): ExperimentVariant[] {
  const given = Array.isArray(options.variant) ? options.variant.map(String) : [];
  return given.map((written) => {
    const [, name, weight = '1', model] = VARIANT.exec(written) ?? [];
    if (name === undefined || model === undefined)
      throw new UsageError(`--variant must be NAME=MODEL or NAME=WEIGHT:MODEL, not ${written}`);
    return { name, model, weight: Number(weight) };
  });
}

function wordOption<N extends number>(
  words: Readonly<Record<string, N>>,
  { option, word }: { readonly option: string; readonly word: string },
): N {
  const known = Object.keys(words).filter((name) => name !== 'UNSPECIFIED' && name !== 'UNRECOGNIZED');
  const found = known.find((name) => name.toLowerCase() === word);
  if (found === undefined)
    throw new UsageError(
      `${option} must be ${known.map((name) => name.toLowerCase()).join(', ')}, not ${word}`,
    );
  return words[found] as N;
}

function numberOf(written: string): number {
  const value = Number(written);
  if (written.trim() === '' || !Number.isFinite(value))
    throw new UsageError(`--significance must be a number such as 0.05, not ${written}`);
  return value;
}

function splitOnce(whole: string, separator: string): [string, string] {
  const at = whole.indexOf(separator);
  return at < 0 ? [whole, ''] : [whole.slice(0, at), whole.slice(at + separator.length)];
}
