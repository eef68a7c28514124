import { describe, expect, it } from 'vitest';
import { resealRecord } from '../../src/domain/resealing.js';
import { recordWith } from './protocol-fixtures.js';

describe('a record is moved to another encryption key', () => {
  const read = { credential: 'sealed credential', token: 'sealed token 3' };
  const sealed = { credential: 'resealed credential', token: 'resealed token 3' };

  it('where it stands as it was read, and whatever else it says stays', () => {
    const record = recordWith({ invalidated: true });
    expect(resealRecord(record, read, sealed)).toEqual({
      _tag: 'Put',
      record: { ...record, ...sealed },
      result: { _tag: 'Resealed' },
    });
  });

  it.each([{ token: 'renewed meanwhile' }, { token: undefined }, { credential: 'registered meanwhile' }])(
    'not where somebody has written meanwhile: %o',
    (members) => {
      const record = recordWith(members);
      expect(resealRecord(record, read, sealed)).toEqual({ _tag: 'Keep', result: { _tag: 'Moved', record } });
    },
  );

  it('not where it was removed', () => {
    expect(resealRecord(undefined, read, sealed)).toEqual({ _tag: 'Keep', result: { _tag: 'Removed' } });
  });
});
