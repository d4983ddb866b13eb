import { formatUsd } from '@switchyard/kernel';
import { isOptIn } from '@switchyard/llm';
import type {
  CatalogDiff,
  PriceChange,
  Quarantined,
  RefreshedCatalog,
} from '@switchyard/llm/catalog-refresh';
import { UNKNOWN } from '../output/format.ts';

/** Lines of one list that people are shown; `--json` has them all. */
const MAX_LINES = 20;

/** What a refresh found, for people. */
export function describeRefresh(refreshed: RefreshedCatalog): string {
  const { diff, quarantined, foreignUrls, verification } = refreshed;
  return [
    ...describeCatalog(refreshed),
    `Compared ${verification.compared.length} random offerings with their sources: ${verification.differences.length === 0 ? 'all are equal.' : 'they differ.'}`,
    ...indented(verification.differences),
    ...(diff === undefined ? ['There is no present snapshot to compare with.'] : describeDiff(diff)),
    `${quarantined.length} prices are set aside: 10 times dearer or cheaper than the median of the votes, or beyond reason.`,
    ...indented(quarantined.map(describeQuarantined)),
    `${foreignUrls.length} addresses in the data are not the registry's; they are not used.`,
    ...indented(foreignUrls.map(({ provider, source, stated }) => `${provider}: ${source} says ${stated}`)),
    '',
  ].join('\n');
}

function describeCatalog({ catalog, text }: RefreshedCatalog): string[] {
  const offering = catalog.providers().filter(({ id }) => catalog.offeringsOf(id).length > 0);
  const direct = offering.filter((provider) => !isOptIn(provider));
  const count = (providers: readonly { readonly id: string }[]) =>
    providers.reduce((sum, { id }) => sum + catalog.offeringsOf(id).length, 0);
  return [
    `${count(offering)} offerings at ${offering.length} providers (${catalog.providers().length} are known), ${text.length} bytes.`,
    `Without aggregators, subscriptions and local ones: ${count(direct)} at ${direct.length}.`,
  ];
}

function describeDiff(diff: CatalogDiff): string[] {
  const { added, removed, priceChanges, otherChanges, addedProviders, removedProviders } = diff;
  return [
    `Against the present snapshot: ${added.length} offerings more, ${removed.length} fewer; ${priceChanges.length} prices and ${otherChanges.length} other facts change.`,
    ...indented(addedProviders.map((id) => `+ provider ${id}`)),
    ...indented(removedProviders.map((id) => `- provider ${id}`)),
    ...indented(diff.changedBaseUrls.map((change) => `address of ${change}`)),
    ...indented(added.map((name) => `+ ${name}`)),
    ...indented(removed.map((name) => `- ${name}`)),
    ...indented(priceChanges.map(describeChange)),
    ...indented(otherChanges.map((name) => `~ ${name}`)),
  ];
}

const describeChange = ({ provider, model, kind, before, after }: PriceChange): string =>
  `${provider}/${model} ${kind}: ${perMillion(before)} → ${perMillion(after)}`;

function describeQuarantined({ provider, model, kind, votes, agreed }: Quarantined): string {
  const stated = votes.map(({ source, price }) => `${source} ${perMillion(price)}`).join(', ');
  return `${provider}/${model} ${kind}: ${stated}; ${agreed === undefined ? 'unknown now' : `most say ${perMillion(agreed)}`}`;
}

const perMillion = (price: bigint | undefined): string =>
  price === undefined ? UNKNOWN : `$${formatUsd(price)}`;

function indented(lines: readonly string[]): string[] {
  const shown = lines.slice(0, MAX_LINES).map((line) => `  ${line}`);
  return lines.length > MAX_LINES ? [...shown, `  … and ${lines.length - MAX_LINES} more`] : shown;
}
