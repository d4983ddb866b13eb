export { type AuditVerdict, verifyAuditChain } from './adapters/verify-audit-chain.ts';
export { type CredentialConfig, parseConfig } from './config.ts';
export { migrationOptions } from './migrate.ts';
export { type CredentialOverrides, startService } from './service.ts';
