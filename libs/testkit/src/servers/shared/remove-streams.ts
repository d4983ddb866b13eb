import { connect, type JetStreamManager } from 'nats';

const CONNECT_TIMEOUT_MS = 5_000;

/** Removes what a test file has left on a shared NATS server: streams and buckets with its prefix in name or subjects. */
export async function removeStreams(url: string, prefix: string): Promise<void> {
  const connection = await connect({
    ...connectionOptions(url),
    timeout: CONNECT_TIMEOUT_MS,
    reconnect: false,
  });
  try {
    await removeMatching(await connection.jetstreamManager(), prefix.toLowerCase());
  } finally {
    await connection.close();
  }
}

async function removeMatching(manager: JetStreamManager, prefix: string): Promise<void> {
  const names: string[] = [];
  for await (const { config } of manager.streams.list()) {
    if ([config.name, ...(config.subjects ?? [])].some((text) => text.toLowerCase().includes(prefix)))
      names.push(config.name);
  }
  for (const name of names) await manager.streams.delete(name);
}

/** The driver takes no credentials from URLs. */
function connectionOptions(url: string): { servers: string[]; user?: string; pass?: string } {
  const urls = url.split(',').map((text) => new URL(text));
  const { username = '', password = '' } = urls[0] ?? {};
  const servers = urls.map(({ protocol, host }) => `${protocol}//${host}`);
  if (username === '') return { servers };
  return { servers, user: decodeURIComponent(username), pass: decodeURIComponent(password) };
}
