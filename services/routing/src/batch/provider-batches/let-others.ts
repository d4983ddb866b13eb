/** So many are done in one go. */
const AT_ONCE = 16;

/** One after the other, with a turn of the event loop in between: requests that somebody waits for are not held up. */
export async function* letOthers<T>(all: Iterable<T>): AsyncGenerator<T, void, undefined> {
  let done = 0;
  for (const one of all) {
    if (++done % AT_ONCE === 0) await new Promise(setImmediate);
    yield one;
  }
}
