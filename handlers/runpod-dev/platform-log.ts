/** Lines about the platform itself, for the person who started it. Never inputs, outputs or URLs. */
export type PlatformLog = (level: 'info' | 'warn' | 'error', message: string) => void;
