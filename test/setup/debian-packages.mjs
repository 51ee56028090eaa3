/** The Debian packages that some suites need, and how they are installed where that is allowed. */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { capture, lastLines, runs } from './command.mjs';

const POLICY = '/usr/sbin/policy-rc.d';
const QUIET = { DEBIAN_FRONTEND: 'noninteractive' };

/** Need → the packages that meet it and the probe that says it is met. */
const DEBIAN_NEEDS = {
  prometheus: { packages: ['prometheus'], isMet: () => runs('prometheus') && runs('promtool') },
  alertmanager: {
    packages: ['prometheus-alertmanager'],
    isMet: () => runs('prometheus-alertmanager') && runs('amtool'),
  },
  postgresql: { packages: ['postgresql'], isMet: () => readdirIfAny('/usr/lib/postgresql').length > 0 },
  chromium: { packages: ['chromium'], isMet: () => runs('chromium') },
  python: {
    packages: ['python3', 'python3-venv'],
    isMet: () => runs('python3', ['-c', 'import ensurepip, venv']),
  },
};

/** Installs what is missing where it may (root, with apt-get). Returns need → reason for those still unmet. */
export function installDebianNeeds(say) {
  const missing = Object.keys(DEBIAN_NEEDS).filter((need) => !DEBIAN_NEEDS[need].isMet());
  if (missing.length === 0) return {};
  const packages = missing.flatMap((need) => DEBIAN_NEEDS[need].packages);
  const refusal = mayInstall() ? install(packages, say) : 'this user may not install packages';
  const unmet = missing.filter((need) => !DEBIAN_NEEDS[need].isMet());
  return Object.fromEntries(unmet.map((need) => [need, reasonFor(DEBIAN_NEEDS[need].packages, refusal)]));
}

function readdirIfAny(folder) {
  return existsSync(folder) ? readdirSync(folder) : [];
}

function mayInstall() {
  return process.getuid?.() === 0 && runs('apt-get');
}

/** Returns what apt-get complained about, or null. */
function install(packages, say) {
  say(`Installing Debian packages: ${packages.join(' ')}`);
  const started = holdServicesBack();
  try {
    const update = capture('apt-get', ['update', '-qq'], QUIET);
    const added = capture('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], QUIET);
    if (added.code === 0) return null;
    const complaints = lastLines(`${update.output}\n${added.output}`, 4).split(/\s*\n\s*/);
    return `apt-get failed, is there a network? ${complaints.filter(Boolean).join(' · ')}`;
  } finally {
    if (started) rmSync(POLICY, { force: true });
  }
}

/** Debian starts a package's service at once; a test set-up must leave no Prometheus running. True when it was us. */
function holdServicesBack() {
  if (existsSync(POLICY)) return false;
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  return true;
}

function reasonFor(packages, refusal) {
  const advice = `needs the Debian package ${packages.join(' and ')}: apt-get install ${packages.join(' ')}`;
  return refusal ? `${advice} (${refusal})` : advice;
}
