import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import {
  CostServiceClient,
  ExportStatementsRequest,
  type ExportStatementsResponse,
  SharedCosts,
  StatementFormat,
} from '@switchyard/contracts/cost';
import { type CommandInput, textOption, UsageError } from '../command.ts';
import { openClient, receive } from '../grpc-call.ts';
import { readPeriod } from './read-period.ts';

/** Options of `switchyard costs export` beside those of a summary. */
export const EXPORT_OPTIONS = {
  format: { type: 'string' },
  'team-by': { type: 'string' },
  'shared-costs': { type: 'string' },
  output: { type: 'string', short: 'o' },
} as const;

const FORMATS: Readonly<Record<string, StatementFormat>> = {
  csv: StatementFormat.CSV,
  json: StatementFormat.JSON,
  focus: StatementFormat.FOCUS,
  pdf: StatementFormat.PDF,
};
const RULES: Readonly<Record<string, SharedCosts>> = {
  proportional: SharedCosts.PROPORTIONAL,
  even: SharedCosts.EVEN,
  none: SharedCosts.NONE,
};
/** Days that nobody has asked for yet may be sealed first. */
const TIMEOUT_MS = 300_000;

/** `switchyard costs export` */
export async function exportStatements(input: CommandInput): Promise<void> {
  const { settings, output } = input;
  const file = textOption(input, 'output');
  const format = textOption(input, 'format') ?? (output.json ? 'json' : 'csv');
  if (format === 'pdf' && file === undefined) throw new UsageError('--format pdf needs a file: -o FILE');
  const request = statementsRequest(input, format);
  const client = openClient(CostServiceClient, settings.costAccounting);
  try {
    const pieces = receive(client.exportStatements.bind(client), request, {
      apiKey: settings.apiKey,
      timeoutMs: TIMEOUT_MS,
    });
    if (file !== undefined) await writeWhole(file, bytesOf(pieces));
    else {
      const decoder = new TextDecoder();
      for await (const data of bytesOf(pieces)) output.text(decoder.decode(data, { stream: true }));
    }
  } finally {
    client.close();
  }
}

/** What is asked for by options. @throws UsageError */
export function statementsRequest(input: CommandInput, format: string): ExportStatementsRequest {
  const period = textOption(input, 'period');
  if (period === undefined) throw new UsageError('costs export needs --period, for example --period 2026-11');
  return ExportStatementsRequest.fromPartial({
    ...readPeriod(period),
    tenant: textOption(input, 'tenant') ?? '',
    allTenants: input.options['all-tenants'] === true,
    format: oneOf(FORMATS, '--format', format),
    teamBy: textOption(input, 'team-by') ?? '',
    sharedCosts: oneOf(RULES, '--shared-costs', textOption(input, 'shared-costs') ?? 'proportional'),
  });
}

function oneOf<T>(choices: Readonly<Record<string, T>>, name: string, text: string): T {
  const found = Object.hasOwn(choices, text) ? choices[text] : undefined;
  if (found === undefined)
    throw new UsageError(`${name} must be one of ${Object.keys(choices).join(', ')}, not ${text}`);
  return found;
}

async function* bytesOf(pieces: AsyncIterable<ExportStatementsResponse>): AsyncGenerator<Uint8Array> {
  for await (const { data } of pieces) yield data;
}

/** A file that is there is whole. */
async function writeWhole(file: string, data: AsyncIterable<Uint8Array>): Promise<void> {
  const part = `${file}.part`;
  try {
    await pipeline(data, createWriteStream(part));
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    const { code, syscall = '' } = error as NodeJS.ErrnoException;
    if (!['open', 'rename'].includes(syscall)) throw error;
    throw new UsageError(`--output: ${file} cannot be written (${code})`);
  }
}
