/** @param root of the repository */
export function writeSdkPackage(root: string): void;
