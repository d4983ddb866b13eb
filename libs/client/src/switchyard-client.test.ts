import { expect, test } from 'vitest';
import { SwitchyardClient } from './switchyard-client.ts';

const request = { model: 'auto', messages: [] };

test('a signal that has fired already ends the call, whole or streamed', async () => {
  // Nobody listens here: a call that is made fails with UNAVAILABLE.
  using client = new SwitchyardClient({ address: '127.0.0.1:1', apiKey: 'sy_none' });
  const signal = AbortSignal.abort();
  await expect(client.complete(request, { signal })).rejects.toMatchObject({ code: 'CANCELLED' });
  await expect(client.stream(request, { signal }).next()).rejects.toMatchObject({
    code: 'CANCELLED',
  });
  await expect(client.complete(request)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
