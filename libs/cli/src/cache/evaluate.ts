import { readFileSync } from 'node:fs';
import { EmbedRequest, InferenceServiceClient } from '@switchyard/contracts/routing';
import { type CommandInput, textOption, UsageError } from '../command.ts';
import { call, openClient } from '../grpc-call.ts';
import { formatShare } from '../output/format.ts';
import { renderTable } from '../output/table.ts';
import { PLAIN, type View } from '../output/view.ts';
import { qualityOf, readPairs, type ThresholdQuality } from './question-pairs.ts';

/** Texts of one request. */
const BATCH = 100;

/** `switchyard cache evaluate`: embeds labelled pairs of questions, and tells how each threshold does. */
export async function evaluate(input: CommandInput): Promise<void> {
  const [, path] = input.positionals;
  const model = textOption(input, 'embedding-model');
  if (path === undefined || model === undefined)
    throw new UsageError('"cache evaluate" takes a file of pairs and --embedding-model');
  const pairs = readPairs(readFileSync(path, 'utf8'));
  const texts = [...new Set(pairs.flatMap(({ one, other }) => [one, other]))];
  const vectors = await embedAll(input, { model, texts });
  const quality = qualityOf(pairs, (text) => vectors.get(text) ?? []);
  const { output } = input;
  if (output.json) return output.value({ model, pairs: pairs.length, quality });
  output.text(renderQuality(quality, output.view));
}

async function embedAll(
  { settings, signal }: CommandInput,
  { model, texts }: { readonly model: string; readonly texts: readonly string[] },
): Promise<Map<string, readonly number[]>> {
  const client = openClient(InferenceServiceClient, settings.routing);
  const vectors = new Map<string, readonly number[]>();
  try {
    for (let at = 0; at < texts.length && !signal.aborted; at += BATCH) {
      const batch = texts.slice(at, at + BATCH);
      const inputs = batch.map((value) => ({ content: { $case: 'text' as const, value } }));
      const request = EmbedRequest.fromPartial({ model, inputs });
      const { embeddings } = await call(client.embed.bind(client), request, settings.apiKey);
      for (const [i, text] of batch.entries()) vectors.set(text, embeddings[i]?.values ?? []);
    }
    return vectors;
  } finally {
    client.close();
  }
}

/** A row for each threshold. */
export const renderQuality = (quality: readonly ThresholdQuality[], view: View = PLAIN): string =>
  renderTable(
    quality,
    [
      { title: 'MIN SIMILARITY', align: 'right', cell: ({ minSimilarity }) => minSimilarity.toFixed(2) },
      { title: 'PRECISION', align: 'right', cell: ({ precision }) => formatShare(precision) },
      { title: 'RECALL', align: 'right', cell: ({ recall }) => formatShare(recall) },
      { title: 'WRONG ANSWERS', align: 'right', cell: ({ wrong }) => String(wrong) },
    ],
    view,
  );
