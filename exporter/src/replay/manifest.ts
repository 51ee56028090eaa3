import { z } from 'zod';

const manifestSchema = z.strictObject({
  start: z.iso.datetime(),
  end: z.iso.datetime(),
  deployment: z.string().min(1),
  targets: z.array(z.string().regex(/^[\w.-]+$/)),
  generated: z.boolean(),
  seed: z.number().int().optional(),
});

/** What a replay folder is a recording of. `generated` says that no real system was recorded. */
export type Manifest = z.infer<typeof manifestSchema>;

/** Reads `manifest.json`. @throws Error saying what is wrong with it. */
export function parseManifest(text: string): Manifest {
  const read = manifestSchema.safeParse(JSON.parse(text));
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => `${path.join('.') || '(document)'}: ${message}`);
  throw new Error(`manifest.json is not sound: ${faults.join('; ')}.`);
}
