import { tmpdir } from 'node:os';
import { Command, Option } from 'commander';
import { DependencyError } from '../../../core/errors.ts';
import { modelFolders, type ModelFolders } from '../../../models/model-folders.ts';
import { openStore } from '../../setup/composition.ts';
import type { Config, Environment } from '../../setup/config.ts';
import manifest from '../../../package.json' with { type: 'json' };
import type { Finding } from '../doctor/finding.ts';
import { examineFolder, examineNode, examineProcessor } from '../doctor/machine.ts';
import { examineModels } from '../doctor/models.ts';
import { examineFfmpeg, examineRuntime } from '../doctor/programs.ts';

/** What the command looks at. */
export type DoctorContext = {
  readonly config: Pick<Config, 'environment'>;
  readonly stdout: { write(text: string): unknown };
};

/**
 * `colloquy doctor`: what this machine can do, and what to do about what it cannot.
 *
 * Rejects with a DependencyError `dependency_missing` when something is missing that Colloquy cannot work without;
 * the report is on stdout in any case.
 */
export function doctorCommand(context: DoctorContext): Command {
  return new Command('doctor')
    .description('show what this machine can do: processor, ffmpeg, providers, models, folders')
    .addOption(
      new Option('-f, --format <format>', 'form of the report').choices(['text', 'json']).default('text'),
    )
    .action(async ({ format }: { format: 'text' | 'json' }) => {
      const findings = await examine(context.config.environment);
      const missing = findings.filter(({ status }) => status === 'missing');
      const report = { version: manifest.version, ok: missing.length === 0, findings };
      context.stdout.write(format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : asText(findings));
      if (missing.length === 0) return;
      throw new DependencyError(
        'dependency_missing',
        `Colloquy cannot work here: ${missing.map(({ summary, remedy }) => [summary, remedy].filter(Boolean).join('. ')).join('; ')}`,
        { details: { checks: missing.map(({ check }) => check) } },
      );
    });
}

/** All checks, in the order in which they are shown. */
export async function examine(
  environment: Environment,
  folders: Partial<ModelFolders> = {},
): Promise<Finding[]> {
  // Looking must not download.
  const store = openStore({ environment: { ...environment, COLLOQUY_OFFLINE: '1' } }, folders);
  return [
    examineNode(process.versions.node, manifest.engines.node),
    examineProcessor(),
    await examineFfmpeg('ffmpeg', environment.PATH ?? ''),
    ...(await examineRuntime()),
    ...(await examineModels(store)),
    await examineFolder('temporary files', environment.TMPDIR ?? tmpdir(), 'required'),
    await examineFolder('downloaded models', modelFolders(environment).downloads, 'useful'),
  ];
}

const MARKS = { ok: 'ok     ', note: 'note   ', missing: 'MISSING' } as const;

function asText(findings: readonly Finding[]): string {
  const lines = findings.map(({ status, summary, remedy }) => {
    const advice = remedy === undefined ? '' : `\n         ${remedy}`;
    return `${MARKS[status]}  ${summary}${advice}\n`;
  });
  return `colloquy ${manifest.version}\n${lines.join('')}`;
}
