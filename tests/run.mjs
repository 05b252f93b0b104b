// Runs test files at once, each in a separate process: node tests/run.mjs FILE... Prints a line
// for each test that fails or is slow (VERBOSE=1: for each test) and the totals. Exits with 1 if a
// test has failed.
import { run } from 'node:test';
import { resolve } from 'node:path';
import { inspect } from 'node:util';

const SLOW = 5_000; // ms

const files = process.argv.slice(2).map((file) => resolve(file));
const only = process.env.ONLY; // a pattern for the tests' names
const isVerbose = process.env.VERBOSE === '1';
const counts = { passed: 0, failed: 0 };
const parents = new Map(); // by file: the names of the suites that are open
const started = Date.now();

for await (const { type, data } of run({
  files,
  concurrency: files.length,
  testNamePatterns: only,
})) {
  const key = data?.file ?? '';
  if (type === 'test:start') {
    const open = parents.get(key) ?? [];
    open[data.nesting] = data.name;
    parents.set(key, open);
  }
  // Errors outside of tests fail the run too.
  if (type === 'test:diagnostic' && data.message.startsWith('Error')) console.log(data.message);
  if (type === 'test:stderr') process.stderr.write(data.message);
  if (type !== 'test:pass' && type !== 'test:fail') continue;
  if (data.skip !== undefined) continue; // by ONLY
  const error = data.details.error;
  const isSuite = data.details.type === 'suite' || files.includes(data.name);
  // The error of the suite is the reason why a test has not run.
  if (error?.failureType === 'cancelledByParent') {
    counts.failed += 1;
    continue;
  }
  // A suite that fails because of its tests has no error of its own.
  if (isSuite && (type === 'test:pass' || error?.failureType === 'subtestsFailed')) continue;

  const passed = type === 'test:pass';
  counts[passed ? 'passed' : 'failed'] += 1;
  const seconds = data.details.duration_ms / 1000;
  const title = [...(parents.get(key) ?? []).slice(0, data.nesting), data.name].join(' > ');
  if (!passed) {
    console.log(`FAIL  ${title}\n${inspect(error?.cause ?? error).replace(/^/gm, '      ')}`);
  } else if (isVerbose || seconds * 1000 > SLOW) {
    console.log(`ok    ${title} (${seconds.toFixed(1)} s)`);
  }
}
const seconds = ((Date.now() - started) / 1000).toFixed(0);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${seconds} s`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
