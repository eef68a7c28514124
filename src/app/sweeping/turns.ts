import type { Account } from '../accounts/account.js';
import { makeGate, type Gate } from './gate.js';

/** Where the accounts of one client line up: one at a time waits for its slot and for its place in flight. */
export interface Turn extends Gate {
  /** A slot that was waited for and not used: somebody else had been quicker. */
  spareSlot: boolean;
}

/** The turn of an account's client. */
export type TurnOf = (account: Account) => Turn;

export const makeTurns = (): TurnOf => {
  const turns = new Map<string, Turn>();
  return ({ provider, client }) => {
    const name = `${provider.id}/${client}`;
    const turn = turns.get(name) ?? { ...makeGate(1), spareSlot: false };
    turns.set(name, turn);
    return turn;
  };
};
