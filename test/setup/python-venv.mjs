/** The Python environment in which real Metaflow flows run: .venv, pinned by requirements.txt. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { capture, lastLines, root } from './command.mjs';

const folder = join(root, '.venv');
const requirements = 'test/setup/requirements.txt';

/** Makes or renews .venv when it lacks a pinned package. Returns the reason why it is not usable, or null. */
export function installPythonNeeds(say) {
  if (hasEveryPin()) return null;
  say(`Installing the Python packages of ${requirements} into .venv`);
  rmSync(folder, { recursive: true, force: true });
  const made = capture('python3', ['-m', 'venv', folder]);
  if (made.code !== 0) return `python3 -m venv failed: ${lastLines(made.output, 3)}`;
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
  const installed = capture(join(folder, 'bin/python'), pip);
  if (installed.code !== 0) return `pip could not install ${requirements}: ${lastLines(installed.output, 5)}`;
  return hasEveryPin() ? null : `.venv does not hold what ${requirements} pins`;
}

function hasEveryPin() {
  const python = join(folder, 'bin/python');
  return existsSync(python) && pins().every(({ name, version }) => installedVersion(python, name) === version);
}

function installedVersion(python, name) {
  const probe = `import importlib.metadata as metadata; print(metadata.version(${JSON.stringify(name)}))`;
  const { code, output } = capture(python, ['-c', probe]);
  return code === 0 ? output.trim() : null;
}

function pins() {
  const lines = readFileSync(join(root, requirements), 'utf8').split('\n');
  return lines
    .filter((line) => line.includes('=='))
    .map((line) => {
      const [name, version] = line.trim().split('==');
      return { name, version };
    });
}
