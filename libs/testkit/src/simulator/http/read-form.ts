/** A form as an object: texts, and files as `{ filename, mediaType, bytes }`; undefined where it is none. */
export async function readForm(bytes: Buffer, contentType: string): Promise<object | undefined> {
  let form: FormData;
  try {
    form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } }).formData();
  } catch {
    return undefined;
  }
  const fields: Record<string, unknown> = {};
  for (const [name, value] of form) {
    const read =
      typeof value === 'string'
        ? value
        : {
            filename: value.name,
            mediaType: value.type,
            text: Buffer.from(await value.arrayBuffer()).toString('latin1'),
          };
    fields[name] = name.endsWith('[]') ? [...((fields[name] as unknown[] | undefined) ?? []), read] : read;
  }
  return fields;
}
