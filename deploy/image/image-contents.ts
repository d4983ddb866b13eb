import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SERVICE_NAMES, type ServiceName } from '../src/fleet/service-table.ts';
import { REPOSITORY } from '../src/settings/repository.ts';
import { type BundledPackage, bundledPackages } from './bundled-packages.ts';
import { billOfMaterials, thirdPartyLicenses } from './inventory.ts';
import { bundleService } from './service-bundle.ts';

/** Whether a text names a service. */
export const isServiceName = (text: string | undefined): text is ServiceName =>
  SERVICE_NAMES.some((name) => name === text);

/** What the catalog's refresh reads from beside its code. */
const PROVIDERS = join(REPOSITORY, 'libs/llm/catalog/registry/providers.tsv');

/** What an image is made of. */
export interface ImageOptions {
  readonly service: ServiceName;
  /** Folder that becomes the image's `/app`; emptied first. */
  readonly directory: string;
}

/**
 * Writes what one service's image holds:
 *
 * ```
 * dist/<service>/main.mjs       the service            dist/<service>/migrate.mjs   its migration
 * dist/migrations/              its SQL                dist/image.binpb             descriptors for reflection
 * proto/                        files that gRPC's packages read
 * sbom.cdx.json                 LICENSE  THIRD_PARTY_LICENSES
 * ```
 *
 * The folders are as deep as in the repository and in the packages, because both find their files from where the code is:
 * `../migrations` and `../image.binpb` from ours, `../../proto` from theirs.
 *
 * @returns the packages that are in it
 */
export async function writeImageContents({
  service,
  directory,
}: ImageOptions): Promise<readonly BundledPackage[]> {
  await rm(directory, { recursive: true, force: true });
  const dist = join(directory, 'dist');
  const { modules, protoFolders } = await bundleService({
    entries: entriesOf(service),
    directory: join(dist, service),
  });
  await cp(join(REPOSITORY, 'services', service, 'migrations'), join(dist, 'migrations'), {
    recursive: true,
  });
  await cp(join(REPOSITORY, 'libs/contracts/image.binpb'), join(dist, 'image.binpb'));
  if (service === 'cost-accounting') await cp(PROVIDERS, join(dist, service, 'providers.tsv'));
  await mkdir(join(directory, 'proto'));
  for (const folder of protoFolders) await cp(folder, join(directory, 'proto'), { recursive: true });
  const packages = await bundledPackages(modules);
  await writeInventory({ service, directory }, packages);
  return packages;
}

function entriesOf(service: ServiceName): Record<string, string> {
  const source = (name: string) => join(REPOSITORY, 'services', service, 'src', `${name}.ts`);
  const entries = { main: source('main'), migrate: source('migrate') };
  if (service === 'cost-accounting') return { ...entries, 'refresh-prices': source('refresh-prices') };
  if (service !== 'credential') return entries;
  return { ...entries, 'generate-keys': join(import.meta.dirname, 'generate-keys/main.ts') };
}

async function writeInventory(
  { service, directory }: ImageOptions,
  packages: readonly BundledPackage[],
): Promise<void> {
  const { version } = JSON.parse(await readFile(join(REPOSITORY, 'package.json'), 'utf8')) as {
    version: string;
  };
  await writeFile(join(directory, 'sbom.cdx.json'), billOfMaterials({ service, version }, packages));
  await writeFile(join(directory, 'THIRD_PARTY_LICENSES'), thirdPartyLicenses(packages));
  await cp(join(REPOSITORY, 'LICENSE'), join(directory, 'LICENSE'));
}
