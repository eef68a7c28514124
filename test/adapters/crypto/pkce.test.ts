import { describe, expect, it } from 'vitest';
import { codeChallengeS256 } from '../../../src/adapters/crypto/pkce.js';
import { systemRandomness } from '../../../src/adapters/crypto/system-randomness.js';

describe('codeChallengeS256', () => {
  it('makes the challenge of RFC 7636 Appendix B', () => {
    expect(codeChallengeS256('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    );
  });

  it('makes 43 characters of the base64url alphabet from any verifier', () => {
    expect(codeChallengeS256(systemRandomness().token(96))).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});
