import { describe } from 'node:test';
import { testAttacks } from './attacks.mjs';
import { testContract } from './contract.mjs';
import { testMinimal } from './minimal.mjs';

// They run at once, because the attacks mostly wait.
describe('php', { concurrency: true }, () => {
  testContract('php');
  testMinimal('php');
  testAttacks('php');
});
