import { testContract } from './contract.mjs';

testContract('c');
