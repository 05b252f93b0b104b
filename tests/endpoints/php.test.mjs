import { testContract } from './contract.mjs';

testContract('php');
