import { describe, expect, it } from 'vitest';
import { leakedPiece } from './leaked-piece.js';

describe('leakedPiece', () => {
  it.each([
    ['prefix 0123456789abcdef suffix', '01234567'],
    ['Unexpected token: "89abcdef"', '89abcdef'],
    ['456789ab', '456789ab'],
    ['x0123456789x', '01234567'],
  ])('finds a piece in %j', (text, piece) => {
    expect(leakedPiece(text, '0123456789abcdef')).toBe(piece);
  });

  it.each(['', '[secret]', '0123456', '9abcdef', '0123-4567'])('finds none in %j', (text) => {
    expect(leakedPiece(text, '0123456789abcdef')).toBeUndefined();
  });

  it('looks for the whole of a short secret', () => {
    expect(leakedPiece('a hunter2 b', 'hunter2')).toBe('hunter2');
    expect(leakedPiece('a hunter b', 'hunter2')).toBeUndefined();
  });
});
