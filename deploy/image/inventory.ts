import type { BundledPackage } from './bundled-packages.ts';

/** What an image is, for its bill of materials. */
export interface ImageIdentity {
  readonly service: string;
  readonly version: string;
}

/** The bill of materials of what is in the bundle: CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/. */
export function billOfMaterials(
  { service, version }: ImageIdentity,
  packages: readonly BundledPackage[],
): string {
  const components = packages.map(({ name, version: itsVersion, license }) => ({
    type: 'library',
    'bom-ref': packageUrl(name, itsVersion),
    name,
    version: itsVersion,
    purl: packageUrl(name, itsVersion),
    ...(license === undefined ? {} : { licenses: [{ expression: license }] }),
  }));
  const bill = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', name: `switchyard-${service}`, version } },
    components,
  };
  return `${JSON.stringify(bill, undefined, 2)}\n`;
}

/** The licences that go with the code they are for. */
export function thirdPartyLicenses(packages: readonly BundledPackage[]): string {
  const texts = packages.map(({ name, version, license, licenseText }) => {
    const title = `${name} ${version} (${license ?? 'no licence stated'})`;
    return `${title}\n${'-'.repeat(title.length)}\n\n${licenseText?.trim() ?? 'The package brings no text.'}\n`;
  });
  return texts.join('\n\n');
}

/** https://github.com/package-url/purl-spec: the @ of a scope is encoded. */
const packageUrl = (name: string, version: string): string =>
  `pkg:npm/${name.replace('@', '%40')}@${version}`;
