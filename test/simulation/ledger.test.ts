import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/domain/account-record.js';
import { secretText } from './canary.js';
import { clientsOfBench, ledgerBench } from './ledger-bench.js';

const verdictTo = (client: string): Failure => ({
  code: 'ERR_REAUTHORIZATION_REQUIRED',
  detail: 'invalid_grant',
  at: 0,
  count: 1,
  terminal: 'reauthorization_required',
  clients: [client],
});

const stopped = {
  code: 'ERR_CLIENT_REJECTED',
  detail: 'invalid_client',
  terminal: 'client_rejected',
  at: 0,
  count: 1,
} as const;
const refusalOf = (client: string): Failure => ({
  code: 'ERR_CLIENT_REJECTED',
  detail: 'invalid_client',
  at: 0,
  count: 1,
  terminal: 'client_rejected',
  clients: [client],
});

/** A client that is refused `afterMs` after a request of its own left that has not been heard of yet, and then is: a verdict. */
const heardAfterRefusal = async (afterMs: number) => {
  const bench = await ledgerBench('probe', { repeatable: true });
  const { begin, send, wait, write } = bench;
  begin('a');
  const slow = send('a');
  wait(afterMs);
  begin('b');
  Object.assign(send('b'), { heard: 'wrong-client', heardMs: afterMs });
  write({ attempt: undefined, failure: refusalOf(clientsOfBench.right) });
  wait(60_000);
  Object.assign(slow, { heard: 'refused', heardMs: afterMs + 60_000 });
  begin('c');
  send('c');
  return bench;
};

describe('the ledger finds no fault with', () => {
  it('a renewal as it should be', async () => {
    const { begin, send, renewed, holding, write, found } = await ledgerBench();
    begin('a');
    send('a');
    write(await holding(renewed()));
    expect(found).toEqual([]);
  });

  it('a client that is asked again once it got a token, though that was discarded', async () => {
    const { begin, send, wait, write, found } = await ledgerBench();
    wait(30_000);
    begin('a');
    Object.assign(send('a'), { heard: 'wrong-client', heardMs: 30_000 });
    write({ attempt: undefined, failure: { ...stopped, clients: [clientsOfBench.right] } });
    wait(60_000);
    Object.assign(send('of an account that was revoked'), { heard: 'issued', heardMs: 90_000 });
    wait(60_000);
    begin('b');
    send('b');
    // The bench has one account: the request of the other stands under none of its attempts.
    expect(found).toEqual(['I1: a refresh token of sim/k1 was sent under no recorded attempt']);
  });

  it('a recorded recovery after the settle window', async () => {
    const { begin, report, send, wait, found } = await ledgerBench();
    begin('a');
    Object.assign(send('a'), { heard: 'unknown', heardMs: 0 });
    report();
    wait(60_000);
    begin('b', 1);
    send('b');
    expect(found).toEqual([]);
  });

  it('one recorded recovery after the other, a settle window apart', async () => {
    const { begin, report, send, wait, found } = await ledgerBench();
    for (const repeat of [0, 1, 2, 3]) {
      begin(`${repeat}`, repeat);
      Object.assign(send(`${repeat}`), { heard: 'unknown', heardMs: 0 });
      report();
      wait(60_000);
    }
    expect(found).toEqual([]);
  });

  it('the recovery of a silent owner after its notice', async () => {
    const { begin, announce, send, wait, found } = await ledgerBench();
    begin('a');
    send('a');
    wait(80_000);
    announce();
    wait(10_000);
    begin('b', 1);
    send('b');
    expect(found).toEqual([]);
  });

  it('a recovery that an operator wants at once', async () => {
    const { begin, report, write, record, hurry, send, wait, found } = await ledgerBench();
    begin('a');
    Object.assign(send('a'), { heard: 'unknown', heardMs: 0 });
    report();
    wait(1_000);
    hurry();
    const { attempt } = record();
    if (attempt !== undefined) write({ attempt: { ...attempt, settlesAt: 0 } });
    begin('b', 1);
    send('b');
    expect(found).toEqual([]);
  });

  it('a first recovery right after its attempt, where the provider takes a spent token for a while', async () => {
    const { begin, report, send, wait, found } = await ledgerBench('retry');
    begin('a');
    Object.assign(send('a'), { heard: 'unknown', heardMs: 0 });
    report();
    wait(1_000);
    begin('b', 1);
    send('b');
    expect(found).toEqual([]);
  });

  it('another client that asks once after a verdict', async () => {
    const { begin, send, wait, write, oracle, found } = await ledgerBench();
    oracle.disconnect('sim/k1');
    begin('a');
    Object.assign(send('a'), { heard: 'refused', heardMs: 0 });
    write({ attempt: undefined, failure: verdictTo(clientsOfBench.right) });
    wait(1_000);
    begin('b');
    send('b', clientsOfBench.other);
    expect(found).toEqual([]);
  });

  it('another client that asks after a verdict, although an operator has the verdict forgotten before it sends', async () => {
    const { begin, report, send, wait, write, oracle, hurry, found } = await ledgerBench();
    begin('a');
    Object.assign(send('a'), { heard: 'unknown', heardMs: 0 });
    report();
    wait(60_000);
    oracle.disconnect('sim/k1');
    begin('b', 1);
    Object.assign(send('b'), { heard: 'refused', heardMs: 60_000 });
    write({ attempt: undefined, failure: verdictTo(clientsOfBench.right) });
    wait(1_000);
    begin('c');
    hurry();
    write({ failure: undefined });
    send('c', clientsOfBench.other);
    expect(found).toEqual([]);
  });

  it('another try of a refused client, once an answer was heard that may have been given since', async () => {
    expect((await heardAfterRefusal(30_000)).found).toEqual([]);
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

  it('is in two requests at once', async () => {
    const { begin, announce, send, wait, found } = await ledgerBench();
    begin('a');
    send('a');
    announce();
    wait(29_999);
    begin('b', 1);
    send('b');
    expect(found).toContain('I1: a refresh token of sim/k1 was sent again while another request was under way');
  });

  it('was recovered by a request that is not counted', async () => {
    const { begin, report, send, wait, found } = await ledgerBench();
    begin('a');
    Object.assign(send('a'), { heard: 'unknown', heardMs: 0 });
    report();
    wait(60_000);
    begin('b', 2);
    send('b');
    expect(found).toEqual(['I1: request 2 of sim/k1 was recorded after request 0']);
  });

  it('was recovered before the settle window was over', async () => {
    const { begin, report, send, wait, found } = await ledgerBench();
    begin('a');
    Object.assign(send('a'), { heard: 'unknown', heardMs: 0 });
    report();
    wait(59_999);
    begin('b', 1);
    send('b');
    expect(found).toEqual(['I1: a refresh token of sim/k1 was sent again 59999 ms after the request before']);
  });

  it('was recovered before a silent owner’s attempt had settled', async () => {
    const { begin, announce, send, wait, found } = await ledgerBench();
    begin('a');
    send('a');
    wait(79_999);
    announce();
    wait(10_000);
    begin('b', 1);
    send('b');
    expect(found).toEqual(['I1: a refresh token of sim/k1 was sent again 89999 ms after it was begun']);
  });

  it('was recovered before its notice was over', async () => {
    const { begin, announce, send, wait, found } = await ledgerBench();
    begin('a');
    send('a');
    wait(80_001);
    announce();
    wait(9_999);
    begin('b', 1);
    send('b');
    expect(found).toEqual(['I1: a refresh token of sim/k1 was sent again 9999 ms after it was announced']);
  });

  it('was recovered although the policy forbids it', async () => {
    const { begin, report, send, wait, found } = await ledgerBench('never');
    begin('a');
    Object.assign(send('a'), { heard: 'unknown', heardMs: 0 });
    report();
    wait(60_000);
    begin('b', 1);
    send('b');
    expect(found).toEqual(['I1: the policy of sim/k1 forbids recovery']);
  });

  it('was sent again after it had been refused', async () => {
    const { begin, send, wait, write, oracle, found } = await ledgerBench();
    oracle.disconnect('sim/k1');
    begin('a');
    Object.assign(send('a'), { heard: 'refused', heardMs: 0 });
    write({ attempt: undefined, failure: verdictTo(clientsOfBench.right) });
    wait(90_000);
    begin('b');
    send('b');
    expect(found).toEqual(['I3: a refresh token of sim/k1 was sent again after it had been refused']);
  });

  it('was sent again unrecorded after a try that another client made since the verdict', async () => {
    const { begin, report, send, wait, write, oracle, hurry, found } = await ledgerBench();
    oracle.disconnect('sim/k1');
    begin('a');
    Object.assign(send('a'), { heard: 'refused', heardMs: 0 });
    write({ attempt: undefined, failure: verdictTo(clientsOfBench.right) });
    wait(60_000);
    begin('b');
    Object.assign(send('b', clientsOfBench.other), { heard: 'unknown', heardMs: 60_000 });
    report();
    write({ failure: { ...verdictTo(clientsOfBench.right), retryAt: 0 } });
    hurry();
    write({ failure: undefined });
    wait(60_000);
    begin('c');
    send('c', clientsOfBench.other);
    expect(found).toEqual(['I1: a refresh token of sim/k1 was sent again without a recorded recovery']);
  });

  it('was sent again within the hour of a refusal of its client', async () => {
    const { begin, send, wait, write, found } = await ledgerBench();
    wait(30_000);
    begin('a');
    Object.assign(send('a'), { heard: 'wrong-client', heardMs: 30_000 });
    write({ attempt: undefined, failure: { ...stopped, clients: [clientsOfBench.right] } });
    wait(1_800_000);
    begin('b');
    send('b');
    expect(found).toEqual(['sim/k1 was asked for again 1800000 ms after its client had been refused']);
  });

  it('was sent again by a refused client, when all that was heard since had been answered before', async () => {
    const { found } = await heardAfterRefusal(30_001);
    expect(found).toEqual(['sim/k1 was asked for again 60000 ms after its client had been refused']);
  });

  it('was sent again by a refused client within the hour', async () => {
    const { begin, send, wait, write, found } = await ledgerBench('probe', { repeatable: true });
    for (const [id, leftMs] of Object.entries({ a: 0, b: 3_600_000, c: 3_660_000 })) {
      begin(id);
      Object.assign(send(id), { heard: 'wrong-client', heardMs: leftMs });
      write({ attempt: undefined, failure: refusalOf(clientsOfBench.right) });
      wait(id === 'a' ? 3_600_000 : 60_000);
    }
    expect(found).toEqual(['sim/k1 was asked for again 60000 ms after its client had been refused']);
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
    write({ failure: verdictTo(clientsOfBench.right) });
    expect(found).toEqual(['I9: sim/k1 is told to authorize again although its refresh token lives']);
  });

  it('shows a secret', async () => {
    const { write, found } = await ledgerBench();
    write({ credential: `in clear: ${secretText('cli', 9)}` });
    expect(found).toEqual(['I8: a secret of sim/k1 stands in the store']);
  });
});
