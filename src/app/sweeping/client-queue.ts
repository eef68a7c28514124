import type { Account } from '../accounts/account.js';
import { makeSemaphore, type Semaphore } from './semaphore.js';

/** Where the accounts of an account's client line up: one at a time waits for its slot and for its place in flight. */
export type ClientQueueOf = (account: Account) => Semaphore;

export const makeClientQueues = (): ClientQueueOf => {
  const turns = new Map<string, Semaphore>();
  return ({ provider, client }) => {
    const name = `${provider.id}/${client}`;
    const turn = turns.get(name) ?? makeSemaphore(1);
    turns.set(name, turn);
    return turn;
  };
};
