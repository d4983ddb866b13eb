import { createLogger, type Env, EnvReader, openPostgres } from '@switchyard/service-kit';
import { type AuditVerdict, verifyAuditChain } from './adapters/verify-audit-chain.ts';

/** Verifies the audit log of the database in `CREDENTIAL_DATABASE_URL`: for operators and scheduled jobs. */
export async function verifyAudit(env: Env): Promise<AuditVerdict> {
  const reader = new EnvReader(env);
  const url = reader.url('CREDENTIAL_DATABASE_URL', ['postgres', 'postgresql']);
  reader.finish();
  const postgres = openPostgres({
    url,
    maxConnections: 1,
    // A page of a thousand entries, on a database that has other work to do.
    statementTimeoutMs: 30_000,
    applicationName: 'credential-verify-audit',
    log: createLogger({ service: 'credential-verify-audit', level: 'warn' }),
  });
  try {
    return await verifyAuditChain(postgres);
  } finally {
    await postgres.close();
  }
}

if (import.meta.main) {
  // biome-ignore lint/style/noProcessEnv: an entry of its own, as main.ts and migrate.ts are
  const verdict = await verifyAudit(process.env);
  const text = JSON.stringify(verdict, (_, value) => (typeof value === 'bigint' ? String(value) : value));
  process.stdout.write(`${text}\n`);
  if (verdict.kind !== 'whole') process.exitCode = 2;
}
