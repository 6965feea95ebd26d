/** All that a WASI guest has of the world around it: what is not here it does not get. */
import type { Level } from '../../component/generated/service.ts';
import type { Entropy } from '../../entropy.ts';
import type { GuestClock } from './guest-clock.ts';

export interface Outside {
	readonly arguments: readonly string[];
	readonly environment: readonly (readonly [name: string, value: string])[];
	readonly stdin: Uint8Array;
	readonly stdout: Sink;
	readonly stderr: Sink;
	readonly clock: GuestClock;
	readonly entropy: Entropy;
	/** Told of everything that the guest asked for and was not given. */
	denied(what: string, level?: Level): void;
	/** What the host does for the guest is paid by the guest. @throws when it can not pay */
	charge(bytes: number): void;
}

export interface Sink {
	/** The bytes are the callee's to keep. */
	write(bytes: Uint8Array): void;
}

/** The guest ended its run by itself. */
export class Exit extends Error {
	override readonly name = 'Exit';
	readonly code: number;

	constructor(code: number) {
		super(`exited with ${code}`);
		this.code = code;
	}
}
