/** A source file and its number of lines, comments and blank lines included. */
export interface FileSize {
  readonly path: string;
  readonly lines: number;
}

/** Names that say nothing about what is inside. */
const EMPTY_NAME =
  /(?:^|\/)(?:[\w-]*-)?(?:utils?|helpers?|common|misc|manager)(?:-[\w-]*)?(?:\.test)?(?:\.m?ts|\.mjs|\/)/;

/** What is wrong with the sizes and names of hand-written files; empty when nothing is. */
export function structureProblems(
  files: readonly FileSize[],
  { maxLines, medianBelow }: { maxLines: number; medianBelow: number },
): string[] {
  const problems = files
    .filter(({ lines }) => lines > maxLines)
    .map(({ path, lines }) => `${path} has ${lines} lines; split it by idea (at most ${maxLines})`);
  for (const { path } of files) {
    if (EMPTY_NAME.test(path)) problems.push(`${path}: name it after what it does`);
  }
  const middle = medianLines(files);
  if (middle >= medianBelow)
    problems.push(`the median file has ${middle} lines (must be below ${medianBelow})`);
  return problems;
}

/** Lines of the file in the middle; 0 without files. */
export function medianLines(files: readonly FileSize[]): number {
  const sorted = files.map(({ lines }) => lines).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
