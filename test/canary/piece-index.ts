/** A piece that stands in a text, and where. */
export interface FoundPiece<A> {
  readonly what: A;
  readonly piece: string;
  readonly at: number;
}

/** All pieces of one length of some texts, to be looked for in other texts. */
export interface PieceIndex<A> {
  /** Adds every piece of a text. What was added first keeps a piece that stands in two texts. */
  readonly add: (text: string, what: A) => void;
  /** The first piece of each run of pieces that a text shows, in order. */
  readonly find: (text: string) => readonly FoundPiece<A>[];
}

const base = 0x01000193;
const markBits = 18;

/** The hash takes the lowest place, where every character counts, and mixes the upper half into it. */
const markOf = (hash: number): number => (hash ^ (hash >>> markBits)) & ((1 << markBits) - 1);

/**
 * An empty index of pieces of `length` characters. A hash that rolls along the text (Karp and Rabin) rules out nearly every
 * place at the cost of a few additions, so that megabytes are searched in milliseconds. Pieces that tell nothing are left out.
 */
export const pieceIndex = <A>(length: number, isTelling: (piece: string) => boolean = () => true): PieceIndex<A> => {
  const pieces = new Map<string, A>();
  const marks = new Uint8Array(1 << markBits);
  const leaving = Array.from({ length }).reduce<number>((power) => Math.imul(power, base), 1);

  const eachPlace = (text: string, visit: (at: number, hash: number) => void): void => {
    let hash = 0;
    for (let end = 0; end < text.length; end += 1) {
      hash = (Math.imul(hash, base) + text.charCodeAt(end)) | 0;
      if (end >= length) hash = (hash - Math.imul(leaving, text.charCodeAt(end - length))) | 0;
      if (end >= length - 1) visit(end - length + 1, hash);
    }
  };

  return {
    add: (text, what) =>
      eachPlace(text, (at, hash) => {
        const piece = text.slice(at, at + length);
        if (pieces.has(piece) || !isTelling(piece)) return;
        pieces.set(piece, what);
        marks[markOf(hash)] = 1;
      }),
    find: (text) => {
      const found: FoundPiece<A>[] = [];
      let last = -2;
      eachPlace(text, (at, hash) => {
        if (marks[markOf(hash)] !== 1) return;
        const piece = text.slice(at, at + length);
        const what = pieces.get(piece);
        if (what === undefined) return;
        if (at !== last + 1) found.push({ what, piece, at });
        last = at;
      });
      return found;
    },
  };
};
