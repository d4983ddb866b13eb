/** Rows as CSV with a head. Source: RFC 4180. */
export function renderCsv(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, ...rows].map((row) => `${row.map(quote).join(',')}\r\n`).join('');
}

/** A cell that a spreadsheet would take for a formula is made a text. Source: OWASP, "CSV Injection". */
function quote(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
