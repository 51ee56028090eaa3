/** One sample: labels in the order in which they are printed, and the value as printed. */
export type PrintedSample = { readonly labels: readonly (readonly [string, string])[]; readonly value: string };

/** A metric family as Prometheus' text format shows it; HELP and TYPE stand there without samples too. */
export type PrintedFamily = {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly samples: readonly PrintedSample[];
};

/** Prints families in Prometheus' text format 0.0.4. */
export function printFamilies(families: readonly PrintedFamily[]): string {
  return families.map(printFamily).join('');
}

function printFamily({ name, type, help, samples }: PrintedFamily): string {
  const lines = samples.map(({ labels, value }) => {
    const shown = labels.map(([label, text]) => `${label}="${escape(text)}"`);
    return `${name}{${shown.join(',')}} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

const escape = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/** A number as Go prints it with the shortest %g: 110, 1e+06, 1.7951616e+09. */
export function goNumber(value: number): string {
  const [digits = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (value === 0 || (power >= -4 && power < 6)) return String(value);
  const sign = power < 0 ? '-' : '+';
  return `${digits}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
}

/**
 * A Kubernetes key as kube-state-metrics makes it a label: other characters become `_`, camelCase becomes snake_case.
 * Two keys that become the same are not told apart here; no simulated object has such.
 */
export function kubernetesLabel(prefix: 'label' | 'annotation', key: string): string {
  const plain = key.replace(/[^a-zA-Z0-9_]/g, '_').replace(/([a-z0-9])([A-Z])/g, '$1_$2');
  return `${prefix}_${plain.toLowerCase()}`;
}
