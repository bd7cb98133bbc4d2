/**
 * What an endpoint file may hold: the body of `POST https://api.runpod.io/v2/serverless`, as far as Colloquy uses it.
 * Mistakes that the platform accepts in silence are refused here.
 */

/** GPU pools by their ids. */
const POOLS = [
  'AMPERE_16',
  'AMPERE_24',
  'ADA_24',
  'AMPERE_48',
  'ADA_48_PRO',
  'AMPERE_80',
  'ADA_80_PRO',
  'HOPPER_141',
];

const FIELDS = [
  'name',
  'type',
  'image',
  'gpu',
  'workers',
  'scaling',
  'timeout',
  'flashboot',
  'disk',
  'env',
  'args',
  'ports',
  'registry',
  'networkVolumes',
  'dataCenterIds',
  'templateId',
];

/** Faults of an endpoint, in words; empty when there are none. */
export function endpointFaults(endpoint) {
  if (typeof endpoint !== 'object' || endpoint === null || Array.isArray(endpoint))
    return ['the file holds no object'];
  const faults = [];
  const expect = (condition, fault) => condition || faults.push(fault);
  const { name, type, image, gpu, workers, scaling, timeout, flashboot, disk, env } = endpoint;
  for (const field of Object.keys(endpoint)) expect(FIELDS.includes(field), `${field}: unknown field`);
  expect(
    typeof name === 'string' && /^[\w -]{1,64}$/.test(name),
    'name: 1 to 64 letters, digits, _ - or spaces',
  );
  expect(
    type === 'QUEUE' || type === 'LOAD_BALANCER',
    'type: QUEUE for the worker, LOAD_BALANCER for the server',
  );
  if (type === 'LOAD_BALANCER') {
    const ports = [env?.PORT, env?.PORT_HEALTH];
    expect(
      ports.every((port) => /^\d{2,5}$/.test(port ?? '')),
      'env: PORT and PORT_HEALTH, which the balancer asks',
    );
    expect(
      env?.COLLOQUY_SERVE_KEY !== undefined,
      'env: COLLOQUY_SERVE_KEY, since everybody reaches the server',
    );
    expect(scaling?.type === 'REQUEST_COUNT', 'scaling: REQUEST_COUNT, since there is no queue');
  }
  expect(
    isPinnedImage(image),
    'image: a name with a tag other than latest, or with a digest (hosts cache images by name)',
  );
  expect(isObject(gpu) && Number.isInteger(gpu.count) && gpu.count >= 1, 'gpu.count: at least 1');
  const pools = isObject(gpu) && Array.isArray(gpu.pools) ? gpu.pools : [];
  // More than three are accepted, and the workers then stay in "initializing" for ever.
  expect(pools.length >= 1 && pools.length <= 3, 'gpu.pools: one to three pools');
  for (const pool of pools) expect(POOLS.includes(pool), `gpu.pools: ${pool} is none of ${POOLS.join(', ')}`);
  const { min, max, idleTimeout } = isObject(workers) ? workers : {};
  expect(
    Number.isInteger(min) && min >= 0 && Number.isInteger(max) && max >= Math.max(min, 1),
    'workers: 0 ≤ min ≤ max, max ≥ 1',
  );
  expect(
    Number.isInteger(idleTimeout) && idleTimeout >= 1 && idleTimeout <= 3600,
    'workers.idleTimeout: 1 to 3600 s',
  );
  expect(
    hasScaling(scaling),
    'scaling: QUEUE_DELAY with queueDelay ≥ 0.5, or REQUEST_COUNT with requestCount ≥ 1',
  );
  expect(Number.isInteger(timeout) && timeout >= 5000, 'timeout: milliseconds, at least 5000');
  expect(
    ['OFF', 'FLASHBOOT', 'PRIORITY_FLASHBOOT'].includes(flashboot),
    'flashboot: OFF, FLASHBOOT or PRIORITY_FLASHBOOT',
  );
  expect(Number.isInteger(disk) && disk >= 1, 'disk: GB, at least 1');
  for (const [key, value] of Object.entries(env ?? {})) {
    expect(typeof value === 'string', `env.${key}: a string`);
    const secret =
      /KEY|TOKEN|SECRET|PASSWORD/i.test(key) && !/^\{\{ RUNPOD_SECRET_\w+ \}\}$/.test(String(value));
    expect(!secret, `env.${key}: put it into RunPod's secrets and write {{ RUNPOD_SECRET_name }} here`);
  }
  return faults;
}

/** True for `name:tag` with a tag other than `latest`, and for `name@sha256:…`. */
export function isPinnedImage(image) {
  if (typeof image !== 'string') return false;
  if (/@sha256:[0-9a-f]{64}$/.test(image)) return true;
  const tag = /:([\w][\w.-]*)$/.exec(image.split('/').at(-1) ?? '')?.[1];
  return tag !== undefined && tag !== 'latest';
}

function hasScaling(scaling) {
  if (!isObject(scaling)) return false;
  if (scaling.type === 'QUEUE_DELAY')
    return typeof scaling.queueDelay === 'number' && scaling.queueDelay >= 0.5;
  return (
    scaling.type === 'REQUEST_COUNT' && Number.isInteger(scaling.requestCount) && scaling.requestCount >= 1
  );
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
