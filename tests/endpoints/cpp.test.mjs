import { testContract } from './contract.mjs';

testContract('cpp');
