import { randomInt } from 'node:crypto';
import {
  fetchSources,
  LIVE_ORIGINS,
  type Origins,
  type RawFiles,
  type RefreshedCatalog,
  type Registry,
  readDirectory,
  readRegistry,
  refreshCatalog,
  SNAPSHOT_PATH,
} from '@switchyard/llm/catalog-refresh';
import { type CommandInput, countOption, listOption, textOption, UsageError } from '../command.ts';
import { describeRefresh } from './describe-refresh.ts';
import { downloadSource } from './download-source.ts';
import { readSnapshot, writeSnapshot } from './snapshot-file.ts';

/** Parts of a random number. */
const RANDOM_STEPS = 2 ** 40;

/**
 * `switchyard catalog refresh`: makes the snapshot anew, prints what changes, and puts it in place unless it would lose too
 * much or is only tried.
 */
export async function refresh(input: CommandInput, origins: Origins = LIVE_ORIGINS): Promise<void> {
  const { output } = input;
  const options = readOptions(input);
  const path = textOption(input, 'output') ?? SNAPSHOT_PATH;
  const present = readSnapshot(path) ?? readSnapshot(SNAPSHOT_PATH);
  const registry = readRegistry();
  const files = await readFiles(input, { origins, registry });
  const refreshed = refreshCatalog({
    ...options,
    files,
    registry,
    present,
    random: () => randomInt(RANDOM_STEPS) / RANDOM_STEPS,
  });
  if (!output.json) output.text(describeRefresh(refreshed));
  const refusal = refusalOf(refreshed);
  if (refusal !== undefined) throw new Error(`${refusal}; ${path} stays as it is`);
  const isDry = input.options['dry-run'] === true;
  if (!isDry) writeSnapshot(path, refreshed.text);
  if (output.json) output.value(summaryOf(refreshed, isDry ? undefined : path));
  else output.line(isDry ? 'Nothing is written: this was a dry run.' : `Written to ${path}`);
}

const readOptions = (input: CommandInput) => ({
  day: dayOf(input),
  retrieved: retrievedOf(input),
  leastKeptPercent: countOption(input, 'allow-shrink', { max: 100 }),
  verifyCount: countOption(input, 'verify', { max: 100_000 }),
});

async function readFiles(
  input: CommandInput,
  { origins, registry }: { readonly origins: Origins; readonly registry: Registry },
): Promise<RawFiles> {
  const directory = textOption(input, 'from-file');
  if (directory !== undefined) return readDirectory(directory);
  return fetchSources(registry, {
    origins,
    download: (source) => downloadSource(source, input.signal),
  });
}

function refusalOf({ shrinking, verification }: RefreshedCatalog): string | undefined {
  if (shrinking.length > 0) {
    return `refused: ${shrinking.join('; ')}. If that is right, say how much must be left, in percent: --allow-shrink 50`;
  }
  const [difference] = verification.differences;
  return difference === undefined ? undefined : `refused: ${difference}`;
}

/** Day of the prices with dates. */
function dayOf(input: CommandInput): string {
  const day = textOption(input, 'day') ?? new Date().toISOString().slice(0, 10);
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(Date.parse(day)))
    throw new UsageError(`--day must be a day such as 2026-08-21, not ${day}`);
  return day;
}

/** `--retrieved litellm=2026-07-24`: the state of files that are not of today. */
function retrievedOf(input: CommandInput): ReadonlyMap<string, string> {
  return new Map(
    listOption(input, 'retrieved').map((text) => {
      const [source = '', state = ''] = text.split('=');
      if (source === '' || state === '')
        throw new UsageError(`--retrieved must be like litellm=2026-07-24, not ${text}`);
      return [source, state];
    }),
  );
}

const summaryOf = (
  { catalog, diff, quarantined, foreignUrls, verification }: RefreshedCatalog,
  writtenTo: string | undefined,
) => ({
  writtenTo,
  offerings: [...catalog.offerings()].length,
  providers: catalog.providers().filter(({ id }) => catalog.offeringsOf(id).length > 0).length,
  diff,
  quarantined,
  foreignUrls,
  verification,
});
