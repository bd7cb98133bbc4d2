/** Options whose defaults are not all told, for the test of `infra/tooling/check-defaults.mjs`. */
export type FixtureOptions = {
  /** Waits so long. @default 2 s */
  readonly waitSeconds?: number;
  readonly tries?: number;
  /** What one try may cost. @default `DEFAULT_FIXTURE_LIMITS` */
  readonly limits?: Partial<FixtureLimits>;
};

export type FixtureLimits = {
  readonly maxBytes: number;
};

export const DEFAULT_FIXTURE_LIMITS: FixtureLimits = Object.freeze({ maxBytes: 1 });
