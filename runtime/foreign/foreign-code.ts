/** A foreign component as a cell can run it: data that can cross a thread. */

/** What it is to the platform: a service of our own world, a WASI program, or a WASI request handler. */
export type ForeignWorld = 'service' | 'command' | 'http';

/** What a WASI guest finds when it looks around. */
export interface Surroundings {
	/** The name of the program first. */
	readonly arguments: readonly string[];
	readonly environment: readonly (readonly [name: string, value: string])[];
	/** What it reads in a run that no message has caused. */
	readonly stdin: Uint8Array;
}

export interface LinkableCode {
	/** A function body, see `glue-script.ts`. */
	readonly script: string;
	/** Every core module, with checks, by the name that the glue asks for it with. */
	readonly modules: ReadonlyMap<string, WebAssembly.Module>;
	/** How often each of them may be instantiated. */
	readonly instances: ReadonlyMap<string, number>;
}

export interface ForeignCode extends LinkableCode {
	readonly world: ForeignWorld;
	readonly surroundings: Surroundings;
}
