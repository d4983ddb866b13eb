export { parseConfig, type RoutingConfig } from './config.ts';
export { migrationOptions } from './migrate.ts';
export { type RoutingOverrides, startService } from './service.ts';
