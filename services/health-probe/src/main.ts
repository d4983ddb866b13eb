import { runService } from '@switchyard/service-kit';
import { parseConfig } from './config.ts';
import { startService } from './service.ts';

await runService({
  name: 'health-probe',
  env: process.env,
  parseConfig,
  start: startService,
  exit: process.exit,
});
