import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// What the catalog costs a process at its start: `node libs/llm/catalog/measure-load.ts`, in milliseconds and MB. The code that
// reads it is loaded before: from sources, Node.js takes their types away first, which no image of a service does.

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

await import('../src/catalog/snapshot/load-catalog.ts');
collect();
const before = process.memoryUsage();
const started = performance.now();
const { bundledCatalog } = await import('../src/catalog/bundled-catalog.ts');
const catalog = bundledCatalog();
const loadedMs = performance.now() - started;
catalog.offeringsOf('openai');
const usedMs = performance.now() - started - loadedMs;
report('loaded, one provider used', loadedMs + usedMs);
const count = [...catalog.offerings()].length;
report(`all ${count} offerings used`, performance.now() - started);

function report(what: string, ms: number): void {
  const peak = process.memoryUsage().rss - before.rss;
  collect();
  const { rss, heapUsed } = process.memoryUsage();
  process.stdout.write(
    `${what}: ${ms.toFixed(0)} ms; resident +${megabytes(rss - before.rss)} (+${megabytes(peak)} before a collection), heap +${megabytes(heapUsed - before.heapUsed)}\n`,
  );
}
