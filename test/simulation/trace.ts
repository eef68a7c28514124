/** What happened in a run, in order: always as a digest, and as text when somebody wants to read it. */
export interface Trace {
  readonly add: (line: string) => void;
  /** Equal for equal lines in equal order. */
  readonly digest: () => string;
  /** Empty unless the lines were kept. */
  readonly lines: readonly string[];
}

export const makeTrace = (keepLines: boolean): Trace => {
  const lines: string[] = [];
  let low = 0x811c9dc5;
  let high = 0x01000193;
  return {
    lines,
    digest: () => `${(low >>> 0).toString(16)}${(high >>> 0).toString(16)}`,
    add: (line) => {
      for (let at = 0; at < line.length; at += 1) {
        const code = line.charCodeAt(at);
        low = Math.imul(low ^ code, 0x01000193);
        high = Math.imul(high ^ code, 0x85ebca6b) ^ (high >>> 13);
      }
      if (keepLines) lines.push(line);
    },
  };
};
