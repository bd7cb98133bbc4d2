import { Argument, Command } from 'commander';
import { fromRemote } from '../../../errors/from-client-error.ts';
import type { CliContext } from '../../context.ts';
import { writeReport } from '../../input/work-on-inputs.ts';
import { addReportOptions, type ReportOptions } from '../../options/voice-options.ts';
import { voicesReport } from '../../output/voice-reports.ts';
import { createClient, type EndpointOptions } from '../create-client.ts';
import { addEndpointOptions } from '../remote-options.ts';

/** `colloquy remote voices list|remove`: those that a server keeps. */
export function remoteVoicesCommand(context: CliContext): Command {
  const list = new Command('list').description('name all voices of the server');
  const remove = new Command('remove')
    .description('delete voices of the server for good')
    .addArgument(new Argument('<name...>', 'names of voices'));
  return new Command('voices')
    .description('List and remove the voices that a server keeps')
    .addCommand(
      addEndpointOptions(addReportOptions(list)).action((options: EndpointOptions & ReportOptions) =>
        listVoices(options, context),
      ),
    )
    .addCommand(
      addEndpointOptions(remove).action((names: string[], options: EndpointOptions) =>
        removeVoices(names, options, context),
      ),
    );
}

async function listVoices(options: EndpointOptions & ReportOptions, context: CliContext): Promise<void> {
  const voices = await fromRemote(() =>
    createClient(options, context).voices.list({ signal: context.signal }),
  );
  await writeReport(voicesReport(voices), options, context);
}

async function removeVoices(
  names: readonly string[],
  options: EndpointOptions,
  context: CliContext,
): Promise<void> {
  const client = fromRemote(() => createClient(options, context));
  for (const name of names) await fromRemote(() => client.voices.remove(name, { signal: context.signal }));
}
