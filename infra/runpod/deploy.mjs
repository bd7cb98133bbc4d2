#!/usr/bin/env node
/**
 * Makes the endpoint of endpoint.json exist on RunPod: creates it, or changes the one of the same name.
 *
 *   node infra/runpod/deploy.mjs --dry-run
 *   RUNPOD_API_KEY=… node infra/runpod/deploy.mjs [--file endpoint.json] [--image NAME:TAG] [--set field=JSON]…
 *
 * --dry-run prints the request and sends nothing. REST v2; the key is sent to RUNPOD_API_BASE_URL (default
 * https://api.runpod.io/v2) and to nobody else.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { endpointFaults } from './endpoint-rules.mjs';

const TIMEOUT_MS = 30_000;
/** What a change may not hold. */
const FIXED = ['type', 'templateId'];

class Refusal extends Error {}

try {
  await deploy(process.argv.slice(2), process.env);
} catch (error) {
  process.stderr.write(`deploy: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof Refusal ? 2 : 1;
}

async function deploy(argv, environment) {
  const { values } = readArguments(argv);
  const endpoint = readEndpoint(values);
  const base = new URL(
    `${(environment.RUNPOD_API_BASE_URL ?? 'https://api.runpod.io/v2').replace(/\/+$/, '')}/`,
  );
  if (values['dry-run']) {
    print({
      request: `POST ${new URL('serverless', base)} (or PATCH …/{id} when "${endpoint.name}" exists)`,
      body: endpoint,
    });
    return;
  }
  const key = environment.RUNPOD_API_KEY;
  if (!key) throw new Refusal('set RUNPOD_API_KEY, or look at the request with --dry-run');
  const call = (method, path, body) => callApi(new URL(path, base), { method, key, body });
  const existing = await findByName(call, endpoint.name);
  if (!existing) {
    print({ done: 'created', ...summary(await call('POST', 'serverless', endpoint)) });
    return;
  }
  if (existing.type !== undefined && existing.type !== endpoint.type) {
    throw new Refusal(
      `the endpoint ${existing.id} is of type ${existing.type} and cannot become ${endpoint.type}; remove it or take another name`,
    );
  }
  const change = Object.fromEntries(Object.entries(endpoint).filter(([field]) => !FIXED.includes(field)));
  print({
    done: 'changed',
    ...summary(await call('PATCH', `serverless/${encodeURIComponent(existing.id)}`, change)),
  });
}

function readArguments(argv) {
  try {
    return parseArgs({
      args: argv,
      options: {
        file: { type: 'string', default: join(import.meta.dirname, 'endpoint.json') },
        image: { type: 'string' },
        set: { type: 'string', multiple: true, default: [] },
        'dry-run': { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Refusal(error.message);
  }
}

function readEndpoint(values) {
  let endpoint;
  try {
    endpoint = JSON.parse(readFileSync(values.file, 'utf8'));
    if (values.image !== undefined) endpoint.image = values.image;
    for (const assignment of values.set) {
      const [field, ...rest] = assignment.split('=');
      endpoint[field] = JSON.parse(rest.join('='));
    }
  } catch (error) {
    throw new Refusal(`${values.file} and --set must be JSON: ${error.message}`);
  }
  const faults = endpointFaults(endpoint);
  if (faults.length > 0) throw new Refusal(`the endpoint is not right:\n  ${faults.join('\n  ')}`);
  return endpoint;
}

async function findByName(call, name) {
  const listed = await call('GET', 'serverless');
  const endpoints = Array.isArray(listed) ? listed : (listed?.endpoints ?? []);
  const named = endpoints.filter((endpoint) => endpoint.name === name);
  if (named.length > 1)
    throw new Refusal(
      `${named.length} endpoints are named "${name}": ${named.map(({ id }) => id).join(', ')}`,
    );
  return named[0];
}

async function callApi(url, { method, key, body }) {
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      // Without one of its own, Cloudflare in front of the API answers 403.
      'user-agent': 'colloquy-deploy/0.1',
    },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok)
    throw new Error(`${method} ${url.pathname} answered ${response.status}: ${text.slice(0, 500)}`);
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new Error(`${method} ${url.pathname} answered no JSON: ${text.slice(0, 200)}`);
  }
}

function summary(endpoint) {
  const { id, name, image } = endpoint;
  return { id, name, image, url: id === undefined ? undefined : `https://api.runpod.ai/v2/${id}` };
}

function print(value) {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
