import { InvalidInputError } from '../../../../core/errors.ts';
import type { DeskJob } from '../../desk/desk-job.ts';
import type { ServerContext } from '../../server-context.ts';
import { submitJob } from '../../routes/jobs.ts';
import { readLegacyForm, type LegacyForm } from '../legacy-form.ts';
import { submissionOfFiles } from '../run-on-files.ts';
import { speakerOptions } from '../speaker-fields.ts';
import { isAcceptedSound, WRONG_TYPE } from './accepted-sound.ts';

/**
 * Makes a job of the upload.
 *
 * @throws InvalidInputError `invalid_option` with the message that the service gave
 */
export async function submitUpload(
  request: Request,
  owner: string,
  context: ServerContext,
): Promise<DeskJob> {
  context.desk.checkRoom();
  const form = await readLegacyForm(request, context);
  try {
    const submission = await submissionOfFiles(
      {
        task: 'transcribe',
        options: { ...speakerOptions(form.fields), ...languageOption(form.fields) },
        files: [await acceptedFile(form)],
        owner,
      },
      context,
    );
    const { job } = await submitJob(submission, context);
    return job;
  } finally {
    await form.dispose();
  }
}

async function acceptedFile({ files }: LegacyForm): Promise<LegacyForm['files'][number]> {
  const [file, ...more] = files.filter(({ field }) => field === 'audio_file');
  if (file === undefined) throw refused('No file part selected.');
  if (more.length > 0) throw refused('Expected one file, got several.');
  if (file.isNameless === true && file.bytes === 0) throw refused('No file selected.');
  if (!(await isAcceptedSound(file.path))) throw refused(WRONG_TYPE);
  return file;
}

function languageOption(fields: LegacyForm['fields']): { readonly language?: string } {
  const language = fields.get('language');
  return language === undefined ? {} : { language };
}

function refused(message: string): InvalidInputError {
  return new InvalidInputError('invalid_option', message, { details: { option: 'audio_file' } });
}
