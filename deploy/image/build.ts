import { SERVICE_NAMES } from '../src/fleet/service-table.ts';
import { isServiceName, writeImageContents } from './image-contents.ts';

// node deploy/image/build.ts SERVICE DIRECTORY: writes what the image of one service holds. Run by the Dockerfile.
const [service, directory] = process.argv.slice(2);
if (!isServiceName(service) || directory === undefined) {
  process.stderr.write(
    `usage: build.ts SERVICE DIRECTORY; a service is one of ${SERVICE_NAMES.join(', ')}\n`,
  );
  process.exit(2);
}
const packages = await writeImageContents({ service, directory });
process.stdout.write(`${service}: bundled with ${packages.length} packages into ${directory}\n`);
