/** @needs prometheus */
import { spawnSync } from 'node:child_process';
import { parse as parseYaml } from 'yaml';
import { exists, read, repositoryFiles, ROOT } from './repository';

type Service = {
  image?: string;
  build?: { context: string; dockerfile: string };
  ports?: string[];
  volumes?: string[];
};
type Compose = {
  services: Record<string, Service & { secrets?: string[]; command?: string[] }>;
  secrets: Record<string, { file: string }>;
  volumes: Record<string, null>;
};

const compose = parseYaml(read('docker-compose.yml')) as Compose;
const services = Object.entries(compose.services);

describe('Provisioning', () => {
  it('is YAML, every file of it', () => {
    const files = repositoryFiles().filter((path) => /\.ya?ml$/.test(path) && !path.startsWith('test/fixtures/'));
    expect(files.length).toBeGreaterThan(3);
    for (const path of files) expect(() => parseYaml(read(path)) as unknown).not.toThrow();
  });

  it.each([
    ['provisioning/prometheus/prometheus.yml', []],
    ['provisioning/prometheus/prometheus.compose.yml', ['--syntax-only']],
  ])('holds a scrape configuration that Prometheus accepts: %s', (path, flags) => {
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'config', ...flags, path], { cwd: ROOT });
    expect({ status, said: status === 0 ? '' : `${String(stdout)}${String(stderr)}` }).toEqual({ status: 0, said: '' });
  });

  it.each(['prometheus.yml', 'prometheus.compose.yml'])('scrapes every five seconds: %s', (name) => {
    const { scrape_configs: jobs } = parseYaml(read(`provisioning/prometheus/${name}`)) as {
      scrape_configs: { job_name: string; scrape_interval: string }[];
    };
    expect(jobs).toEqual([expect.objectContaining({ job_name: 'flowledger', scrape_interval: '5s' })]);
  });
});

describe('docker-compose.yml', () => {
  it('publishes every port on loopback alone', () => {
    const ports = services.flatMap(([, { ports: published = [] }]) => published);
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('pins every image that it does not build', () => {
    const images = services.flatMap(([, { image }]) => image ?? []);
    expect(images.filter((image) => !/:v?\d+\.\d+\.\d+$/.test(image))).toEqual([]);
    expect(services.filter(([, { image, build }]) => (image === undefined) === (build === undefined))).toEqual([]);
  });

  it('mounts files that exist, volumes and secrets that it declares', () => {
    const mounts = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':/')[0]!));
    const files = mounts.filter((source) => source.startsWith('./'));
    expect(files.filter((path) => !exists(path))).toEqual([]);
    const named = mounts.filter((source) => /^[a-z]/.test(source));
    expect(named.sort()).toEqual(Object.keys(compose.volumes).sort());
    const secrets = services.flatMap(([, { secrets: wanted = [] }]) => wanted);
    expect(secrets.sort()).toEqual(Object.keys(compose.secrets).sort());
  });

  it('keeps its secrets where git looks away', () => {
    const folders = Object.values(compose.secrets).map(({ file }) => file);
    expect(folders.filter((file) => !file.startsWith('./data/'))).toEqual([]);
    expect(read('.gitignore').split('\n')).toContain('/data/');
  });

  it('builds from a Dockerfile of several stages that ends as a user without rights', () => {
    const { dockerfile } = compose.services.exporter!.build!;
    const lines = read(dockerfile).split('\n');
    expect(lines.filter((line) => line.startsWith('FROM ')).length).toBeGreaterThan(1);
    expect(lines.filter((line) => line.startsWith('USER '))).toEqual(['USER node']);
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(copied.filter((path) => !exists(path))).toEqual([]);
  });
});
