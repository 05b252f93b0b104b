import { testContract } from './contract.mjs';

testContract('go');
