import { SERVICES } from '../charts.ts';
import { serviceSchema, umbrellaSchema } from './chart-schema.ts';
import type { JsonSchema } from './json-schema.ts';
import { valuesYaml } from './values-yaml.ts';

/** Every chart's values.yaml and values.schema.json as helm/schema says they are. Path below helm/ → text. */
export function valueFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const add = (chart: string, schema: JsonSchema, title: string) => {
    files.set(`${chart}/values.schema.json`, `${JSON.stringify(schema, undefined, 2)}\n`);
    files.set(`${chart}/values.yaml`, valuesYaml(schema, title));
  };
  for (const service of SERVICES) add(service, serviceSchema(service), `Values of Switchyard's ${service}.`);
  add('switchyard', umbrellaSchema(), 'Values of all of Switchyard.');
  return files;
}
