import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HELM, SERVICES, type Service } from '../charts.ts';
import { inlineFragments, type JsonSchema, mergeSchemas } from './json-schema.ts';

/** The schema of one service's values: what all have in common, and what is its own. */
export function serviceSchema(service: Service): JsonSchema {
  return inlineFragments(mergeSchemas(readSchema('common'), readSchema(service)), fragments());
}

/** The schema of the umbrella's values; what is below a service is checked by that service's own. */
export function umbrellaSchema(): JsonSchema {
  const services = SERVICES.map((service) => [service, serviceSection(service)] as const);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    additionalProperties: false,
    properties: {
      global: inlineFragments({ $ref: 'global.json' }, fragments()),
      ...Object.fromEntries(services),
    },
  };
}

function serviceSection(service: Service): JsonSchema {
  const secretName = (name: string, description: string): JsonSchema => ({
    type: 'string',
    minLength: 1,
    default: name,
    description,
  });
  return {
    type: 'object',
    description: `Values of the chart ${service}: everything in its values.yaml can be set here.`,
    properties: {
      enabled: { type: 'boolean', default: true, description: 'Whether it is installed.' },
      existingSecret: secretName(`switchyard-${service}`, 'Name of the Secret that it runs with.'),
      migration: {
        type: 'object',
        description: 'The job that brings its schema up to date.',
        properties: {
          existingSecret: secretName(
            `switchyard-${service}-migration`,
            "Name of the Secret with the owner's URL.",
          ),
        },
      },
    },
  };
}

const readSchema = (name: string): JsonSchema =>
  JSON.parse(readFileSync(join(HELM, 'schema', `${name}.json`), 'utf8')) as JsonSchema;

const fragments = () => readSchema('fragments') as Readonly<Record<string, JsonSchema>>;
