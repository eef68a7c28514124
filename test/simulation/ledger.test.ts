import { describe, expect, it } from 'vitest';
import { secretText } from './canary.js';
import { ledgerBench } from './ledger-bench.js';

describe('the ledger finds no fault with', () => {
  it('a renewal as it should be', async () => {
    const { begin, send, renewed, holding, write, found } = await ledgerBench();
    begin('a');
    send('a');
    write(await holding(renewed()));
    expect(found).toEqual([]);
  });

  it('one recorded recovery after the settle window', async () => {
    const { begin, send, wait, found } = await ledgerBench();
    begin('a');
    send('a');
    wait(90_000);
    begin('b', true);
    send('b');
    expect(found).toEqual([]);
  });

  it('another request after a rest, when the first was turned away', async () => {
    const { begin, send, wait, write, found } = await ledgerBench();
    begin('a');
    Object.assign(send('a'), { heard: 'turned-away', heardMs: 0 });
    write({ attempt: undefined });
    wait(1_000);
    begin('b');
    send('b');
    expect(found).toEqual([]);
  });
});

describe('the ledger finds out that a refresh token', () => {
  it('was sent under no recorded attempt', async () => {
    const { send, found } = await ledgerBench();
    send('nowhere');
    expect(found).toEqual(['I1: a refresh token of sim/k1 was sent under no recorded attempt']);
  });

  it('was sent twice', async () => {
    const { begin, send, wait, found } = await ledgerBench();
    begin('a');
    send('a');
    wait(90_000);
    begin('b');
    send('b');
    expect(found).toContain('I1: a refresh token of sim/k1 was sent again without a recorded recovery');
  });

  it('was sent three times', async () => {
    const { begin, send, wait, found } = await ledgerBench();
    begin('a');
    send('a');
    wait(90_000);
    begin('b', true);
    send('b');
    wait(90_000);
    begin('c', true);
    send('c');
    expect(found).toContain('I1: a refresh token of sim/k1 was sent 3 times');
  });

  it('was recovered before the settle window was over', async () => {
    const { begin, send, wait, found } = await ledgerBench();
    begin('a');
    send('a');
    wait(89_999);
    begin('b', true);
    send('b');
    expect(found).toEqual(['I1: a refresh token of sim/k1 was sent again 89999 ms after it was begun']);
  });

  it('was recovered although the policy forbids it', async () => {
    const { begin, send, wait, found } = await ledgerBench('never');
    begin('a');
    send('a');
    wait(90_000);
    begin('b', true);
    send('b');
    expect(found).toEqual(['I1: the policy of sim/k1 forbids recovery']);
  });

  it('was sent again after it had been refused', async () => {
    const { begin, send, wait, write, oracle, found } = await ledgerBench();
    oracle.disconnect('sim/k1');
    begin('a');
    Object.assign(send('a'), { heard: 'refused', heardMs: 0 });
    const failure = { code: 'ERR_REAUTHORIZATION_REQUIRED', detail: 'invalid_grant', at: 0, count: 1 } as const;
    write({ attempt: undefined, failure: { ...failure, terminal: 'reauthorization_required' } });
    wait(90_000);
    begin('b', true);
    send('b');
    expect(found).toEqual(['I3: a refresh token of sim/k1 was sent again after it had been refused']);
  });

  it('was sent again without a rest', async () => {
    const { begin, send, wait, write, found } = await ledgerBench();
    begin('a');
    Object.assign(send('a'), { heard: 'turned-away', heardMs: 0 });
    write({ attempt: undefined });
    wait(999);
    begin('b');
    send('b');
    expect(found).toEqual(['sim/k1 was asked for again 999 ms after a failure']);
  });
});

describe('the ledger finds out that a record', () => {
  it('skipped a generation', async () => {
    const { renewed, holding, write, record, found } = await ledgerBench();
    write({ ...(await holding(renewed())), generation: record().generation + 2 });
    expect(found).toEqual(['I4: a token was put at generation 3 over generation 1']);
  });

  it('went back a generation', async () => {
    const { write, found } = await ledgerBench();
    write({ generation: 0 });
    expect(found).toEqual(['I4: the generation of sim/k1 fell']);
  });

  it('had a newer token replaced by an older one', async () => {
    const { renewed, holding, write, found } = await ledgerBench();
    const second = await holding(renewed());
    const third = await holding(renewed());
    write(third);
    write({ ...second, generation: 3 });
    expect(found).toEqual(['I4: an older token of sim/k1 replaced a newer one']);
  });

  it('came back after its removal', async () => {
    const { remove, write, found } = await ledgerBench();
    remove();
    write({ updatedAt: 1 });
    expect(found).toEqual(['I7: sim/k1 was resurrected after its removal']);
  });

  it('began another life with a token', async () => {
    const { write, found } = await ledgerBench();
    write({ incarnation: 'second' });
    expect(found).toEqual(['I7: sim/k1 began its life with a token']);
  });

  it('was marked dead although its refresh token lives', async () => {
    const { write, found } = await ledgerBench();
    const failure = { code: 'ERR_REAUTHORIZATION_REQUIRED', detail: 'invalid_grant', at: 0, count: 1 } as const;
    write({ failure: { ...failure, terminal: 'reauthorization_required' } });
    expect(found).toEqual(['sim/k1 was marked dead although its refresh token lives']);
  });

  it('shows a secret', async () => {
    const { write, found } = await ledgerBench();
    write({ credential: `in clear: ${secretText('cli', 9)}` });
    expect(found).toEqual(['I8: a secret of sim/k1 stands in the store']);
  });
});
