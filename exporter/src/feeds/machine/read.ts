import { execFile } from 'node:child_process';
import { availableParallelism, hostname, totalmem } from 'node:os';

/** What the operating system says of the machine this process runs on. */
export type MachineReading = {
  readonly name: string;
  readonly vcpus: number;
  readonly memoryBytes: number;
  /** Output of `nvidia-smi -L`; null when there is no such program or it failed. */
  readonly gpuList: string | null;
};

/** Reads this machine's name, vCPUs, memory and GPUs; takes at most five seconds. */
export async function readMachine(): Promise<MachineReading> {
  const gpuList = await listGpus();
  return { name: hostname(), vcpus: availableParallelism(), memoryBytes: totalmem(), gpuList };
}

function listGpus(): Promise<string | null> {
  return new Promise((resolve) => {
    execFile('nvidia-smi', ['-L'], { timeout: 5_000 }, (error, stdout) => resolve(error ? null : stdout));
  });
}
