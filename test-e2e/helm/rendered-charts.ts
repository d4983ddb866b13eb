import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { type Chart, HELM } from './charts.ts';
import { buildDependencies, type HelmRun, runHelm } from './helm-program.ts';
import type { Manifest } from './kubernetes.ts';

/** Values files that come with the charts; each is for the umbrella, with a section for each service. */
export const VALUES_FILES = ['minimal', 'production', 'hardened'] as const;
export type ValuesFile = (typeof VALUES_FILES)[number];

/** The version of Kubernetes that is rendered for; old helm takes 1.20 else. */
const KUBE_VERSION = '1.31.0';

type Values = Record<string, unknown>;

/** A copy of the charts with their dependencies packed, so that what is rendered is never an older package. */
export class RenderedCharts implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'switchyard-charts-'));
  /** What was rendered already; the same chart with the same values is the same. */
  readonly #rendered = new Map<string, readonly Manifest[]>();

  constructor() {
    const isSource = (path: string) => !['charts', 'Chart.lock'].includes(basename(path));
    cpSync(HELM, this.#folder, { recursive: true, filter: isSource });
    buildDependencies(this.#folder);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  lint(chart: Chart, file: ValuesFile): HelmRun {
    return runHelm(['lint', '--strict', join(this.#folder, chart), '-f', this.#values(chart, file)]);
  }

  /** Renders a chart with one of the files, and other values over it where given. */
  template(chart: Chart, file: ValuesFile, over: Values = {}): HelmRun {
    const overFile = this.#write(`over-${chart}.yaml`, over);
    const files = ['-f', this.#values(chart, file), '-f', overFile];
    const options = ['--kube-version', KUBE_VERSION, '--namespace', 'ai'];
    return runHelm(['template', 'switchyard', join(this.#folder, chart), ...options, ...files]);
  }

  /** The objects that a chart makes. @throws with helm's words where it refuses */
  objects(chart: Chart, file: ValuesFile, over: Values = {}): readonly Manifest[] {
    const key = JSON.stringify([chart, file, over]);
    const objects = this.#rendered.get(key) ?? this.#render(chart, file, over);
    this.#rendered.set(key, objects);
    return objects;
  }

  #render(chart: Chart, file: ValuesFile, over: Values): readonly Manifest[] {
    const { exitCode, stdout, stderr } = this.template(chart, file, over);
    if (exitCode !== 0) throw new Error(`helm template ${chart} with ${file}: ${stderr}`);
    const documents = parseAllDocuments(stdout);
    if ('empty' in documents) return [];
    for (const { errors } of documents) if (errors.length > 0) throw errors[0];
    return documents.map((document) => document.toJS() as Manifest | null).filter((found) => found !== null);
  }

  /** The values for a chart: for a service, its section of the file over what the umbrella sets for it. */
  #values(chart: Chart, file: ValuesFile): string {
    const path = join(this.#folder, 'values', `${file}.yaml`);
    if (chart === 'switchyard') return path;
    const given = parse(readFileSync(path, 'utf8')) as Record<string, Values>;
    const umbrella = parse(readFileSync(join(this.#folder, 'switchyard/values.yaml'), 'utf8'));
    const { [chart]: defaults } = umbrella as Record<string, Values>;
    return this.#write(`${chart}-${file}.yaml`, { ...defaults, ...given[chart], global: given.global });
  }

  #write(name: string, values: Values): string {
    const path = join(this.#folder, name);
    writeFileSync(path, stringify(values));
    return path;
  }
}
