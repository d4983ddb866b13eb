/** Deepest nesting of JSON that is parsed: `JSON.parse` takes microseconds for each level, seconds for a body that is nothing else. */
export const MAX_JSON_TEXT_DEPTH = 128;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Of an array and of an object: `]` and `}` come two after. */
const BRACKET = 0x5b;
const BRACE = 0x7b;

/** Whether JSON text is nested deeper than {@link MAX_JSON_TEXT_DEPTH}. Of text that is no JSON the answer means nothing. */
export const isDeepJson = (text: string): boolean =>
  opensMoreThan(text, MAX_JSON_TEXT_DEPTH) && nestsDeep(text);

/** Whether there are more opening brackets, wherever they stand. Most text has few, and to find them is nearly free. */
function opensMoreThan(text: string, most: number): boolean {
  let count = 0;
  for (const open of ['{', '['])
    for (let i = text.indexOf(open); i !== -1; i = text.indexOf(open, i + 1)) if (++count > most) return true;
  return false;
}

/** In one pass. */
function nestsDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isInString) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) isInString = false;
    } else if (code === QUOTE) isInString = true;
    else if (code === BRACKET || code === BRACE) {
      if (++depth > MAX_JSON_TEXT_DEPTH) return true;
    } else if (code === BRACKET + 2 || code === BRACE + 2) depth--;
  }
  return false;
}
