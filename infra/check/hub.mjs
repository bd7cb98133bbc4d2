/** Checks of RunPod's Hub files, by their documentation (runpod-protocol: hub.json and tests.json). */

const CATEGORIES = ['audio', 'embedding', 'language', 'video', 'image'];
const INPUT_TYPES = ['string', 'number', 'boolean', 'huggingface'];

const isText = (value) => typeof value === 'string' && value !== '';

/** `.runpod/hub.json` */
export function checkHub(file, hub) {
  const problems = [];
  const expect = (condition, fault) => condition || problems.push(`${file}: ${fault}`);
  const config = hub.config ?? {};
  expect(isText(hub.title) && isText(hub.description), 'title and description');
  expect(hub.type === 'serverless', 'type: serverless');
  expect(CATEGORIES.includes(hub.category), `category: one of ${CATEGORIES.join(', ')}`);
  expect(
    config.runsOn === 'GPU' || (config.runsOn === 'CPU' && isText(config.cpuFlavor)),
    'config.runsOn: GPU, or CPU with cpuFlavor',
  );
  expect(
    Number.isInteger(config.containerDiskInGb) && config.containerDiskInGb > 0,
    'config.containerDiskInGb',
  );
  const keys = new Set();
  for (const variable of config.env ?? []) {
    const { key, value, input } = variable;
    expect(isText(key) && !keys.has(key), `env ${key}: a name of its own`);
    keys.add(key);
    expect((value === undefined) !== (input === undefined), `env ${key}: either value or input`);
    if (input === undefined) continue;
    expect(INPUT_TYPES.includes(input.type) && isText(input.name), `env ${key}: input.type and input.name`);
    const values = input.options?.map((option) => option.value);
    expect(
      values === undefined || input.default === undefined || values.includes(input.default),
      `env ${key}: the default is no option`,
    );
  }
  for (const { name, defaults } of config.presets ?? []) {
    for (const key of Object.keys(defaults ?? {}))
      expect(keys.has(key), `preset ${name}: ${key} is no variable of env`);
  }
  return problems;
}

/** `.runpod/tests.json` */
export function checkHubTests(file, tests) {
  const problems = [];
  const expect = (condition, fault) => condition || problems.push(`${file}: ${fault}`);
  expect(Array.isArray(tests.tests) && tests.tests.length > 0, 'tests: at least one');
  for (const { name, input, timeout } of tests.tests ?? []) {
    expect(isText(name), 'a test has no name');
    expect(typeof input === 'object' && input !== null && isText(input.task), `${name}: input with a task`);
    expect(Number.isInteger(timeout) && timeout >= 1000, `${name}: timeout in milliseconds`);
  }
  expect(
    isText(tests.config?.gpuTypeId) || isText(tests.config?.cpuFlavor),
    'config.gpuTypeId or config.cpuFlavor',
  );
  return problems;
}
