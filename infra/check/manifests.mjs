/** Checks of Kubernetes, Cloud Run and compose files that need no cluster. */
import { isPinnedImage } from '../runpod/endpoint-rules.mjs';

/** Where the server says how it is. */
const SERVER_PROBES = {
  startupProbe: '/health/startup',
  readinessProbe: '/health/ready',
  livenessProbe: '/health/live',
};

/** A server that others reach needs a key. */
function isServer({ args = [] }) {
  return args.includes('serve');
}

/** One of many machines of a queue: it listens on nothing, and how many there are is nobody's matter. */
function isQueueWorker({ args = [] }) {
  return args.includes('batch') && args.includes('work');
}

/** All objects below a value that hold containers, with their path. */
function* podSpecs(value, path = '') {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value.containers)) yield { spec: value, path };
  for (const [key, child] of Object.entries(value)) yield* podSpecs(child, `${path}.${key}`);
}

function podSpecsOf(document) {
  return [...podSpecs(document)].map(({ spec }) => spec);
}

/** Kubernetes objects: no root, no privileges, bounded resources, pinned images, one replica of the queue. */
export function checkKubernetes(file, document) {
  const problems = [];
  const isPatch = document.kind === 'Deployment' && document.spec?.selector === undefined;
  if (document.apiVersion === undefined || document.kind === undefined)
    problems.push(`${file}: apiVersion and kind are missing`);
  if (isPatch) return problems;
  for (const { spec, path } of podSpecs(document)) {
    const at = `${file}: ${document.kind} ${document.metadata?.name}${path}`;
    const expect = (condition, fault) => condition || problems.push(`${at}: ${fault}`);
    expect(spec.securityContext?.runAsNonRoot === true, 'runAsNonRoot is not true');
    expect(spec.securityContext?.seccompProfile?.type === 'RuntimeDefault', 'no seccomp profile');
    expect(spec.automountServiceAccountToken === false, 'mounts a service account that it does not need');
    for (const container of spec.containers) {
      const context = container.securityContext ?? {};
      expect(isPinnedImage(container.image), `the image ${container.image} is not pinned`);
      expect(context.allowPrivilegeEscalation === false, 'allowPrivilegeEscalation is not false');
      expect(context.readOnlyRootFilesystem === true, 'the root file system is not read-only');
      expect(context.capabilities?.drop?.includes('ALL'), 'capabilities are not dropped');
      expect(container.resources?.limits?.memory !== undefined, 'memory has no limit');
      expect(container.resources?.requests?.cpu !== undefined, 'requests no processor');
      const mounts = new Set(spec.volumes?.map(({ name }) => name));
      for (const { name } of container.volumeMounts ?? [])
        expect(mounts.has(name), `mounts ${name}, which is no volume`);
      if (document.kind === 'Deployment' && !isQueueWorker(container))
        expect(container.readinessProbe !== undefined, 'has no readiness probe');
      for (const [kind, path] of Object.entries(isServer(container) ? SERVER_PROBES : {}))
        expect(container[kind]?.httpGet?.path === path, `the server's ${kind} is not ${path}`);
    }
  }
  const isOneProcess = !podSpecsOf(document).some(({ containers }) => containers.every(isQueueWorker));
  if (document.kind === 'Deployment' && isOneProcess && document.spec.replicas !== 1)
    problems.push(`${file}: the queue is one process: replicas must be 1`);
  return problems;
}

/** Cloud Run services and jobs: pinned images and limits. */
export function checkCloudRun(file, document) {
  const problems = [];
  let found = false;
  for (const { spec } of podSpecs(document)) {
    found = true;
    for (const container of spec.containers) {
      if (!isPinnedImage(container.image))
        problems.push(`${file}: the image ${container.image} is not pinned`);
      if (container.resources?.limits?.memory === undefined) problems.push(`${file}: memory has no limit`);
      const hasKey = container.env?.some(({ name, valueFrom }) => name === 'COLLOQUY_SERVE_KEY' && valueFrom);
      if (isServer(container) && !hasKey)
        problems.push(`${file}: the server has no COLLOQUY_SERVE_KEY from a secret`);
    }
  }
  if (!found) problems.push(`${file}: no container`);
  const template = document.spec?.template?.metadata?.annotations ?? {};
  if (document.kind === 'Service' && template['autoscaling.knative.dev/maxScale'] !== '1') {
    problems.push(`${file}: the queue lives in the instance: maxScale must be '1'`);
  }
  return problems;
}

/** Compose services: loopback ports, no privileges, a memory limit. */
export function checkCompose(file, document) {
  const problems = [];
  for (const [name, service] of Object.entries(document.services ?? {})) {
    const expect = (condition, fault) => condition || problems.push(`${file}: ${name}: ${fault}`);
    expect(isPinnedImage(service.image), `the image ${service.image} is not pinned`);
    expect(service.read_only === true, 'the root file system is not read-only');
    expect(service.cap_drop?.includes('ALL'), 'capabilities are not dropped');
    expect(service.security_opt?.includes('no-new-privileges:true'), 'may gain privileges');
    expect(service.privileged !== true, 'is privileged');
    expect(service.mem_limit !== undefined, 'memory has no limit');
    for (const port of service.ports ?? [])
      expect(String(port).startsWith('127.0.0.1:'), `publishes ${port} to the network`);
    for (const volume of service.volumes ?? []) {
      // `${NAME:-./folder}`: what is used where nobody says anything else.
      const [source] = String(volume)
        .replace(/\$\{\w+:-([^}]*)\}/g, '$1')
        .split(':');
      expect(
        /^[./]/.test(source) || source in (document.volumes ?? {}),
        `uses the volume ${source}, which is not declared`,
      );
    }
  }
  return problems;
}

/** Every `[…, 'colloquy', command, …]` of a document, as lists of words. */
export function* commandLines(value) {
  if (Array.isArray(value) && value.every((word) => typeof word === 'string') && value.includes('colloquy')) {
    const words = value.slice(value.indexOf('colloquy') + 1);
    if (words.length > 0) yield words;
  } else if (typeof value === 'string') {
    // What a shell runs.
    const line = /^exec colloquy (.*)$/.exec(value)?.[1];
    if (line !== undefined) yield line.split(' ');
  } else if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) yield* commandLines(child);
  }
}
