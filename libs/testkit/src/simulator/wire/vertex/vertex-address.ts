import type { RequestTarget } from '../wire-format.ts';

const MODELS = /^\/v1\/projects\/[^/]+\/locations\/[^/]+\/publishers\/([^/]+)(\/models.*)$/;

/** What a path means below the models of a publisher; undefined where it is none of theirs. */
export function belowPublisher({ path }: RequestTarget, publisher: string): string | undefined {
  const [, whose, rest] = MODELS.exec(path) ?? [];
  return whose === publisher ? rest : undefined;
}

/** Where Google's token server is, on the same address here. */
export const TOKEN_PATH = '/token';
