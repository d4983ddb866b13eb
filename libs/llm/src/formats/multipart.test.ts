import { expect, test } from 'vitest';
import { encodeMultipart } from './multipart.ts';

const parsed = async ({ contentType, body }: ReturnType<typeof encodeMultipart>) =>
  new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
const file = (data: Uint8Array, filename = 'a.wav') => ({
  name: 'file',
  filename,
  mediaType: 'audio/wav',
  data,
});

test('fields and files are read back as they are, bytes too', async () => {
  const data = Uint8Array.from({ length: 512 }, (_, i) => i % 256);
  const form = await parsed(
    encodeMultipart([
      { name: 'model', value: 'whisper-1' },
      { name: 'prompt', value: 'Café\r\n--x' },
      file(data),
    ]),
  );
  expect([form.get('model'), form.get('prompt')]).toEqual(['whisper-1', 'Café\r\n--x']);
  const read = form.get('file') as File;
  expect({ name: read.name, type: read.type }).toEqual({ name: 'a.wav', type: 'audio/wav' });
  expect(new Uint8Array(await read.arrayBuffer())).toEqual(data);
});

test('a part that holds the boundary gets another one', async () => {
  const nasty = '--switchyard-form-0\r\ncontent-disposition: form-data; name="model"\r\n\r\nother';
  const encoded = encodeMultipart([{ name: 'model', value: 'm' }, file(Buffer.from(nasty))]);
  expect(encoded.contentType).toBe('multipart/form-data; boundary=switchyard-form-1');
  const form = await parsed(encoded);
  expect(form.getAll('model')).toEqual(['m']);
  expect(await (form.get('file') as File).text()).toBe(nasty);
});

test('a name cannot end its header', async () => {
  const form = await parsed(encodeMultipart([file(Buffer.from('x'), 'a"\r\nx-evil: 1\r\n.wav')]));
  expect([...form.keys()]).toEqual(['file']);
});
