import { expect, test } from 'vitest';
import { EnvReader } from '../config/env-reader.ts';
import { readBaseConfig } from './base-config.ts';

/** What is wrong with an environment, and which bus was read from it. */
function read(natsUrl: string): { natsUrl: string; problem: string } {
  const reader = new EnvReader({ A_API_KEY: 'key', NATS_URL: natsUrl });
  const config = readBaseConfig(reader, { prefix: 'A', grpcPort: 1 });
  try {
    reader.finish();
    return { natsUrl: config.natsUrl, problem: '' };
  } catch (error) {
    return { natsUrl: config.natsUrl, problem: (error as Error).message };
  }
}

test.each(['nats://nats:4222', 'tls://user:password@nats.example:4222'])('the bus may be at %s', (url) => {
  expect(read(url)).toEqual({ natsUrl: url, problem: '' });
});

test.each(['ws://nats:4222', 'https://nats:4222', 'ssl://nats:4222', 'nats.example:4222', 'nats'])(
  'NATS_URL may not be %s',
  (url) => expect(read(url).problem).toContain('NATS_URL must be a URL that begins with nats:// or tls://'),
);

test.each(['tls:nats:4222', 'tls://', 'nats:///x'])('NATS_URL may not be %s, which names no host', (url) => {
  expect(read(url).problem).toContain('NATS_URL must name a host, as in tls://nats.example:4222');
});
