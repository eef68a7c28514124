import { describe, it } from 'vitest';
import { describeStoreContract } from '../../src/testing/store-contract/store-contract.js';
import { sqliteDatabaseHarness, sqlitePathHarness } from './sqlite-harness.js';

describeStoreContract('sqliteStore({ path })', sqlitePathHarness, { describe, it });
describeStoreContract('sqliteStore({ database })', sqliteDatabaseHarness, { describe, it });
