import type { Command, Option } from 'commander';
import { DependencyError } from '../../../core/errors.ts';
import type { Environment } from '../../setup/variables.ts';

/** Options that the command line leaves open are read from variables: `COLLOQUY_SERVE_MAX_QUEUE` is `--max-queue`. */
export function withVariables(command: Command, environment: Environment): void {
  // Cloud Run says the port so.
  const given: Environment = { COLLOQUY_SERVE_PORT: environment.PORT, ...environment };
  for (const option of command.options) {
    const name = option.attributeName();
    const variable = `COLLOQUY_SERVE_${option
      .long!.replace(/^--(?:no-)?/, '')
      .replaceAll('-', '_')
      .toUpperCase()}`;
    const text = given[variable];
    if (text === undefined || text === '' || command.getOptionValueSource(name) === 'cli') continue;
    command.setOptionValue(name, valueOfVariable(option, variable, text));
  }
}

function valueOfVariable(option: Option, variable: string, text: string): unknown {
  if (option.parseArg !== undefined) {
    try {
      return option.parseArg(text, option.defaultValue);
    } catch (error) {
      throw new DependencyError('configuration_invalid', `${variable}: ${(error as Error).message}`);
    }
  }
  if (!option.isBoolean()) return text;
  if (/^(?:true|false|1|0)$/i.test(text)) return /^(?:true|1)$/i.test(text);
  throw new DependencyError('configuration_invalid', `${variable}: expected true or false.`);
}
