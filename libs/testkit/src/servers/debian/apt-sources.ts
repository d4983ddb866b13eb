/** A source of packages as the machine's own apt knows it. */
export interface AptSource {
  readonly uri: string;
  /** Suites, such as `bookworm`, `trixie-updates`. */
  readonly suites: readonly string[];
  /** File with the keys that sign it, when the source names one. */
  readonly keyring: string | undefined;
}

/**
 * Parses `sources.list`: `deb [signed-by=…] uri suite component…`. Source packages, comments and lines that aren't
 * understood are left out. Format: sources.list(5).
 */
export function parseOneLineSources(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+([^\s#]+)/.exec(line);
    const [, options = '', uri, suite] = match ?? [];
    if (uri === undefined || suite === undefined) return [];
    return [{ uri, suites: [suite], keyring: /(?:^|\s)signed-by=(\/[^\s,]+)/i.exec(options)?.[1] }];
  });
}

/** Parses `*.sources`: paragraphs of `Field: value` with continuation lines. Format: sources.list(5), "deb822-style". */
export function parseDeb822Sources(text: string): AptSource[] {
  return text.split(/\n\s*\n/).flatMap((paragraph) => {
    const fields = parseParagraph(paragraph);
    const words = (name: string): string[] => (fields.get(name) ?? '').split(/\s+/).filter(Boolean);
    if (!words('types').includes('deb') || fields.get('enabled')?.toLowerCase() === 'no') return [];
    const suites = words('suites');
    const keyring = words('signed-by').find((word) => word.startsWith('/'));
    return words('uris').map((uri) => ({ uri, suites, keyring }));
  });
}

function parseParagraph(paragraph: string): Map<string, string> {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of paragraph.split('\n').filter((text) => !text.startsWith('#'))) {
    const field = /^([A-Za-z0-9-]+):\s*(.*)$/.exec(line);
    if (field !== null) name = (field[1] ?? '').toLowerCase();
    const value = field === null ? line.trim() : (field[2] ?? '');
    if (name !== '') fields.set(name, `${fields.get(name) ?? ''} ${value}`.trim());
  }
  return fields;
}
