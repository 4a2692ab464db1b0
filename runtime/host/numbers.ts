/** System call numbers of the host we run on. */
import { ARM64 } from './numbers-arm64';
import { X64 } from './numbers-x64';

/** Calls that every supported host has. */
export type HostCall = keyof typeof X64 & keyof typeof ARM64;

export const HOST: Readonly<Record<HostCall, number>> = process.arch === 'arm64' ? ARM64 : X64;
