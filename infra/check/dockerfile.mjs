/** Checks of a Dockerfile that need no daemon. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const SECRET_NAME = /KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL/i;
/** Libraries that belong to the host's driver. */
const DRIVER = /\bnvidia-driver|\blibcuda1\b|\blibnvidia-|\bcuda-drivers\b/;

/** Instructions as `{ line, name, text, stage }`; comments and continued lines are joined the way Docker does it. */
export function parseDockerfile(source) {
  const instructions = [];
  let pending = '';
  let start = 0;
  source.split('\n').forEach((raw, index) => {
    if (/^\s*#/.test(raw) || (pending === '' && raw.trim() === '')) return;
    if (pending === '') start = index + 1;
    const continued = /\\\s*$/.test(raw);
    pending += ` ${raw.replace(/\\\s*$/, '').trim()}`;
    if (continued) return;
    const [, name, text] = /^\s*(\S+)\s*(.*)$/.exec(pending);
    instructions.push({ line: start, name: name.toUpperCase(), text });
    pending = '';
  });
  return instructions;
}

/**
 * @param root folder of the repository
 * @param options.targets stages that are shipped
 * @param options.ignored tells whether .dockerignore keeps a path out
 * @param options.builtFiles files that the build makes, e.g. dist/cli.js
 */
export function checkDockerfile(source, root, { targets, ignored, builtFiles }) {
  const problems = [];
  const stages = [];
  const defaults = new Map();
  const report = (instruction, text) => problems.push(`Dockerfile:${instruction.line}: ${text}`);
  const expand = (text) => text.replaceAll(/\$\{?(\w+)\}?/g, (whole, name) => defaults.get(name) ?? whole);

  for (const instruction of parseDockerfile(source)) {
    const { name, text } = instruction;
    const stage = stages.at(-1);
    if (name === 'FROM') {
      const [, image, , alias] = /^(?:--\S+\s+)*(\S+)(\s+AS\s+(\S+))?/i.exec(text);
      const base = expand(image);
      const known = stages.some((earlier) => earlier.alias === base);
      if (!known && !/@sha256:[0-9a-f]{64}$/.test(base))
        report(instruction, `the base ${base} is not pinned by digest`);
      if (!known && /:latest(@|$)/.test(base)) report(instruction, `the base ${base} is "latest"`);
      stages.push({ alias, instruction, user: undefined, entry: undefined, command: undefined });
      continue;
    }
    if (name === 'ARG') {
      const [, argument, value] = /^(\w+)(?:=(.*))?$/.exec(text) ?? [];
      if (value !== undefined) defaults.set(argument, value.replace(/^"(.*)"$/, '$1'));
      if (SECRET_NAME.test(argument ?? ''))
        report(
          instruction,
          `the argument ${argument} looks like a secret; it would stay in the image's history`,
        );
      continue;
    }
    if (stage === undefined) {
      report(instruction, `${name} before FROM`);
      continue;
    }
    if (name === 'USER') stage.user = text;
    if (name === 'ENTRYPOINT') stage.entry = instruction;
    if (name === 'CMD') stage.command = instruction;
    if (name === 'ADD') report(instruction, 'ADD fetches and unpacks without a check; use COPY');
    if (name === 'ENV') {
      for (const [, variable] of text.matchAll(/(\w+)=/g)) {
        if (SECRET_NAME.test(variable)) report(instruction, `the variable ${variable} looks like a secret`);
      }
    }
    if (name === 'RUN') checkRun(instruction, report);
    if (name === 'COPY') checkCopy(instruction, { root, stages, ignored, report, expand });
  }
  for (const target of targets) checkTarget(target, stages, builtFiles, problems);
  return problems;
}

function checkRun(instruction, report) {
  const { text } = instruction;
  if (/\b(curl|wget)\b[^|;&]*\|\s*(ba|z)?sh\b/.test(text))
    report(instruction, 'runs what it downloads without a check');
  if (/\bsudo\b/.test(text)) report(instruction, 'sudo in an image');
  if (DRIVER.test(text)) report(instruction, 'installs driver libraries; the host mounts its own');
  if (!/\bapt-get install\b/.test(text)) return;
  if (!text.includes('--no-install-recommends'))
    report(instruction, 'apt-get install without --no-install-recommends');
  if (!/rm -rf [^&]*\/var\/lib\/apt\/lists/.test(text))
    report(instruction, 'leaves the package lists in the layer');
}

function checkCopy(instruction, { root, stages, ignored, report, expand }) {
  const words = instruction.text.split(/\s+/);
  const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const paths = words.filter((word) => !word.startsWith('--'));
  if (from !== undefined) {
    const source = expand(from);
    const known = stages.slice(0, -1).some(({ alias }) => alias === source);
    if (!known && !/@sha256:/.test(source))
      report(instruction, `copies from ${source}, which is no earlier stage and no pinned image`);
    return;
  }
  for (const path of paths.slice(0, -1)) {
    if (!existsSync(join(root, path))) report(instruction, `copies ${path}, which does not exist`);
    else if (ignored(path)) report(instruction, `copies ${path}, which .dockerignore keeps out`);
  }
}

function checkTarget(target, stages, builtFiles, problems) {
  const stage = stages.find(({ alias }) => alias === target);
  if (stage === undefined) {
    problems.push(`Dockerfile: there is no stage ${target}`);
    return;
  }
  const at = `Dockerfile:${stage.instruction.line}: stage ${target}`;
  const uid = Number(/^(\d+)/.exec(stage.user ?? '')?.[1] ?? Number.NaN);
  if (!(uid > 0)) problems.push(`${at} does not run as a user other than root, named by number`);
  for (const [name, instruction] of [
    ['ENTRYPOINT', stage.entry],
    ['CMD', stage.command],
  ]) {
    if (!instruction?.text.startsWith('['))
      problems.push(`${at} has no ${name} in exec form: signals would not arrive`);
  }
  for (const [, script] of (stage.command?.text ?? '').matchAll(/"(dist\/[\w-]+\.js)"/g)) {
    if (!builtFiles.includes(script))
      problems.push(`note: ${at} starts ${script}, which the build does not make`);
  }
}

/** A reader of .dockerignore as used here: `*` and then exceptions. */
export function dockerIgnore(source) {
  const rules = source.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const kept = rules.filter((rule) => rule.startsWith('!')).map((rule) => rule.slice(1));
  const all = rules.includes('*');
  return (path) => all && !kept.some((rule) => path === rule || path.startsWith(`${rule}/`));
}
