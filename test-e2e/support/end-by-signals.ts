const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Ends this process by a signal as by `process.exit`: a signal's own end would tell nobody, and the servers and services that were
 * started for it, which are in sessions of their own, would go on.
 */
export function endBySignals(): void {
  for (const [signal, number] of Object.entries(SIGNALS))
    process.once(signal, () => process.exit(128 + number));
}
