/** What stands for encrypted reasoning; nothing else is taken back. */
export const SIMULATED_ENCRYPTION = Buffer.from('simulated-encrypted-reasoning').toString('base64url');
