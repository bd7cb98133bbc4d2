/** Checks of AWS task and job definitions that need no account. */
import { isPinnedImage } from '../runpod/endpoint-rules.mjs';

/** Words of names that hold secrets: these belong in `secrets`, or in a role. */
const SECRET_NAME = /SECRET|PASSWORD|TOKEN|ACCESS_KEY/;

/** A job definition of AWS Batch, or a task definition of ECS: pinned images, no root, limits, roles, logs, no secrets. */
export function checkAws(file, document) {
  const problems = [];
  const isBatch = document.containerProperties !== undefined;
  const containers = isBatch ? [document.containerProperties] : (document.containerDefinitions ?? []);
  if (containers.length === 0) problems.push(`${file}: no container`);
  for (const container of containers) {
    const expect = (condition, fault) => condition || problems.push(`${file}: ${fault}`);
    const asked = container.resourceRequirements?.map(({ type }) => type) ?? [];
    expect(isPinnedImage(container.image), `the image ${container.image} is not pinned`);
    expect(/^[1-9]\d*(:\d+)?$/.test(container.user ?? ''), 'runs as root');
    expect(isBatch ? asked.includes('MEMORY') : document.memory !== undefined, 'memory has no limit');
    expect(isBatch ? container.jobRoleArn : document.taskRoleArn, 'has no role for its buckets');
    expect(container.logConfiguration !== undefined, 'has no logs');
    expect(
      !isBatch || document.retryStrategy?.attempts > 1,
      'a machine that is taken away is not started again',
    );
    for (const { name, value } of container.environment ?? [])
      expect(!SECRET_NAME.test(name) || value === '', `${name} belongs in a role or in secrets`);
  }
  return problems;
}
