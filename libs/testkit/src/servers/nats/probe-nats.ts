import { connect as connectTcp, type Socket } from 'node:net';

const PROBE_TIMEOUT_MS = 2_000;
/** The greeting of a large cluster is some kilobytes. */
const MAX_GREETING_CHARS = 64 * 1024;

/**
 * Reads the INFO line that a NATS server greets with, and hangs up: this needs no credentials.
 * Protocol: https://docs.nats.io/reference/reference-protocols/nats-protocol#info
 * @returns the version
 * @throws when there is no greeting, or no JetStream
 */
export async function probeNats(url: string): Promise<string> {
  const { hostname, port } = new URL(url.split(',')[0] ?? '');
  const socket = connectTcp({ host: hostname, port: Number(port || 4222), timeout: PROBE_TIMEOUT_MS });
  try {
    const info = JSON.parse(await readGreeting(socket)) as { version?: string; jetstream?: boolean };
    if (info.jetstream !== true) throw new Error('JetStream is off');
    return info.version ?? '0.0';
  } finally {
    socket.destroy();
  }
}

function readGreeting(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      const line = /^INFO (\{.*\})\s*\r?\n/.exec(text)?.[1];
      if (line !== undefined) resolve(line);
      else if (text.length > MAX_GREETING_CHARS) reject(new Error('what answers is not NATS'));
    });
    socket.once('timeout', () => reject(new Error(`no greeting within ${PROBE_TIMEOUT_MS} ms`)));
    socket.once('close', () => reject(new Error('the connection was closed before the greeting')));
    socket.once('error', reject);
  });
}
