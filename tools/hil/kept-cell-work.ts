/** What each life of a cell that is to be killed begins with: made once by the test, in a file. */
import { readFileSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import type { VmSpec } from '../../runtime/vm/cell-protocol.ts';

export interface KeptCellWork {
	/** The core module of the probe as it runs: with its bound and its checks. */
	readonly core: Uint8Array<ArrayBuffer>;
	/** By number of the VM. */
	readonly specs: ReadonlyMap<number, Omit<VmSpec, 'module'>>;
	/** What the probes are told again and again. */
	readonly order: Uint8Array;
}

export function writeWork(file: string, work: KeptCellWork): void {
	writeFileSync(file, serialize(work));
}

export function readWork(file: string): KeptCellWork {
	return deserialize(readFileSync(file));
}
