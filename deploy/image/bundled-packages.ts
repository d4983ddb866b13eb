import { readdir, readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** A package that is part of a bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression as the package states it, or the title of its licence does; undefined where neither does. */
  readonly license: string | undefined;
  /** Its licence's text, which goes with the code; undefined where the package brings none. */
  readonly licenseText: string | undefined;
}

const NODE_MODULES = `${sep}node_modules${sep}`;

/** The packages that modules belong to, each once, by name. Modules of this repository are left out. */
export async function bundledPackages(modules: readonly string[]): Promise<readonly BundledPackage[]> {
  const folders = new Set(modules.flatMap((module) => packageFolder(module) ?? []));
  const packages = await Promise.all([...folders].map(readPackage));
  const byId = new Map(packages.map((found) => [`${found.name}@${found.version}`, found]));
  return [...byId.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found);
}

function packageFolder(module: string): string | undefined {
  const start = module.lastIndexOf(NODE_MODULES);
  if (start === -1) return undefined;
  const [first = '', second = ''] = module.slice(start + NODE_MODULES.length).split(sep);
  return join(module.slice(0, start + NODE_MODULES.length), first, first.startsWith('@') ? second : '');
}

/** SPDX identifiers by the first line of a licence's text. */
const TITLES: ReadonlyMap<string, string> = new Map([['MIT License', 'MIT']]);

async function readPackage(folder: string): Promise<BundledPackage> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = (await readdir(folder)).find((entry) => /^(licen[cs]e|copying)(\.|-|$)/i.test(entry));
  const licenseText = file === undefined ? undefined : await readFile(join(folder, file), 'utf8');
  const stated =
    typeof license === 'string' ? license : TITLES.get(licenseText?.split('\n', 1)[0]?.trim() ?? '');
  return { name, version, license: stated, licenseText };
}
