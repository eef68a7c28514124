import { statusOf, type CredentialStatus } from '../../domain/account-state.js';
import { isRepeatable, type Account } from './account.js';

/** Where an opened account stands. `epoch`: how often a success has ended the client's failures, where somebody has looked. */
export const statusOfAccount = (account: Account, nowMs: number, epoch = 0): CredentialStatus =>
  statusOf(account.record, {
    client: account.client,
    epoch,
    repeatable: isRepeatable(account),
    refreshTokenRequired: account.provider.refreshTokenRequired,
    isForeign: account.foreignToken !== undefined,
    nowMs,
  });
