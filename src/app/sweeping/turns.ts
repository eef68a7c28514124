import type { Account } from '../accounts/account.js';
import { makeGate, type Gate } from './gate.js';

/** Where the accounts of an account's client line up: one at a time waits for its slot and for its place in flight. */
export type TurnOf = (account: Account) => Gate;

export const makeTurns = (): TurnOf => {
  const turns = new Map<string, Gate>();
  return ({ provider, client }) => {
    const name = `${provider.id}/${client}`;
    const turn = turns.get(name) ?? makeGate(1);
    turns.set(name, turn);
    return turn;
  };
};
