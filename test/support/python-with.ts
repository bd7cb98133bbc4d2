import { execFileSync } from 'node:child_process';

/**
 * A Python that has these modules, or why there is none. `COLLOQUY_TEST_PYTHON` names one, else it is `python3`.
 *
 * Modules are looked for, not imported: that takes seconds for some.
 */
export function pythonWith(...modules: readonly string[]): {
  readonly path?: string;
  readonly missing: string;
} {
  const path = process.env.COLLOQUY_TEST_PYTHON ?? 'python3';
  const program =
    'import importlib.util as u, sys; print(" ".join(m for m in sys.argv[1:] if u.find_spec(m) is None))';
  try {
    const missing = execFileSync(path, ['-c', program, ...modules], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
    return missing === '' ? { path, missing } : { missing: `${path} lacks ${missing}` };
  } catch {
    return { missing: `there is no ${path}` };
  }
}
