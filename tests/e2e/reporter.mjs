// One line per case, the reason below a failure, and the sum at the end.
import { inspect } from 'node:util';

export default async function* report(events) {
  const counts = { passed: 0, failed: 0 };
  for await (const { type, data } of events) {
    // What goes wrong outside of the cases fails the whole too.
    if (type === 'test:diagnostic' && data.message.startsWith('Error')) yield `${data.message}\n`;
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const isSuite = data.details.type === 'suite';
    const passed = type === 'test:pass';
    const error = data.details.error;
    // A suite that fails only because of its tests has nothing to add.
    if (isSuite && (passed || error?.failureType === 'subtestsFailed')) continue;

    counts[passed ? 'passed' : 'failed'] += 1;
    yield `${passed ? 'ok  ' : 'FAIL'}  ${data.name}\n`;
    if (!passed) yield `${inspect(error?.cause ?? error).replace(/^/gm, '      ')}\n`;
  }
  yield `${counts.passed} passed, ${counts.failed} failed\n`;
}
