import type { Transaction } from '@switchyard/service-kit';

/** Removes alerts that were resolved before an instant, with their deliveries. */
export async function forgetAlerts(transaction: Transaction, beforeMs: number): Promise<void> {
  await transaction.query("DELETE FROM health_probe.alerts WHERE state = 'resolved' AND resolved_at < $1", [
    new Date(beforeMs),
  ]);
}
