import { ConfigError } from '@switchyard/service-kit';
import { createIdentity } from '../../src/identity/identity.ts';
import { readOptions } from './read-options.ts';
import { secretManifests } from './secret-manifests.ts';

// Prints the Secrets of a new installation as a list that `kubectl create -f -` takes. Nothing is kept: run it once.
try {
  const items = secretManifests({
    ...readOptions(process.argv.slice(2), process.env),
    identity: createIdentity(),
  });
  process.stdout.write(`${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, undefined, 2)}\n`);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`generate-keys: ${error.message}\n`);
  process.exit(1);
}
