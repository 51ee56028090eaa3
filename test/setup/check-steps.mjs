/** What `npm run check` looks at, besides the house tests. Each step is silent when it is content. */
import { captureNode } from './command.mjs';

/** Every step: its name and how it runs; `{ code, output }` comes back. */
export const CHECK_STEPS = [
  { name: 'types', run: () => captureNode('typescript/bin/tsc', ['-p', '.', '--noEmit']) },
  { name: 'lint', run: () => captureNode('eslint/bin/eslint.js', ['.', '--max-warnings', '0']) },
  { name: 'format', run: () => captureNode('prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']) },
  { name: 'dead code', run: () => captureNode('knip/bin/knip.js', ['--no-progress']) },
];

/** Runs every step and returns those that failed: `{ name, output }`. */
export function failedChecks(say) {
  return CHECK_STEPS.flatMap(({ name, run }) => {
    const { code, output } = run();
    say(`check: ${name} ${code === 0 ? 'ok' : 'FAILED'}`);
    if (code === 0) return [];
    say(output.trimEnd());
    return [{ name, output }];
  });
}
