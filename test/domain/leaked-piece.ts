const pieceLength = 8;

/** The first piece of 8 characters of a secret that a text shows; undefined when it shows none. */
export const leakedPiece = (text: string, secret: string): string | undefined =>
  Array.from({ length: Math.max(1, secret.length - pieceLength + 1) }, (_, at) =>
    secret.slice(at, at + pieceLength),
  ).find((piece) => text.includes(piece));
