/** Something that must be found nowhere, by what it is. */
export type Canaries = ReadonlyMap<string, string>;

/** What is searched, by where it is from. */
export interface Place {
  readonly name: string;
  readonly content: string | Buffer;
}

/** Where canaries were found, as sentences without the canaries themselves. */
export function findCanaries(canaries: Canaries, places: readonly Place[]): string[] {
  const sought = [...canaries].flatMap(([name, value]) =>
    formsOf(value).map(({ form, text }) => ({ name, form, bytes: Buffer.from(text) })),
  );
  return places.flatMap((place) => {
    const content = Buffer.from(place.content);
    return sought
      .filter(({ bytes }) => content.includes(bytes))
      .map(({ name, form }) => `${name} (${form}) in ${place.name}`);
  });
}

/** A value as it is, as hexadecimal, and as a part of something in base64, which it may begin at any of three places. */
function formsOf(value: string): { readonly form: string; readonly text: string }[] {
  const bytes = Buffer.from(value);
  const inside = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    // Characters at both ends also depend on what is beside the value.
    return { form: `base64 at ${before}`, text: encoded.slice(before === 0 ? 0 : 4, -4) };
  });
  return [{ form: 'plain', text: value }, { form: 'hexadecimal', text: bytes.toString('hex') }, ...inside];
}
