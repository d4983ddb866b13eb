/** The path of a request below a provider's base URL, without the query: what is sent, and what is signed. */
export function requestPath({ pathname }: URL, path: string): string {
  return pathname.endsWith('/') ? `${pathname.slice(0, -1)}${path}` : `${pathname}${path}`;
}
