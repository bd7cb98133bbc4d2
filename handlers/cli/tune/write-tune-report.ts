import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TuneReport } from '../../../core/tune/study/tune-report.ts';
import { notWritable } from '../../work/files/pending-file.ts';
import { renderTuneMarkdown } from './tune-markdown.ts';
import { renderTunePicture } from './tune-picture.ts';

/**
 * Writes the report in all its forms.
 *
 * @throws OutputError `output_not_writable`
 */
export async function writeTuneReport(folder: string, report: TuneReport): Promise<void> {
  const files = {
    'report.md': renderTuneMarkdown(report),
    'report.json': `${JSON.stringify(report, null, 2)}\n`,
    'report.svg': renderTunePicture(report),
  };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text).catch((error: unknown) => {
      throw notWritable(join(folder, name), error);
    });
  }
}
