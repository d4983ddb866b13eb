export { type CostAccountingConfig, parseConfig } from './config.ts';
export { migrationOptions } from './migrate.ts';
export { type CostAccountingOverrides, startService } from './service.ts';
