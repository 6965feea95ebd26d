/** The kinds of device that a module is tried on, as the engine can stand for them. */

export interface Profile {
	readonly name: string;
	/** What is other there. */
	readonly summary: string;
	/** Flags of Node and V8 for the process that replays. */
	readonly flags: readonly string[];
}

export const profiles: readonly Profile[] = [
	{
		name: 'usual',
		summary: 'as the box runs: code is compiled at once and optimised when it is hot',
		flags: [],
	},
	{
		name: 'baseline',
		summary: 'a box too busy or too small to optimise: baseline code only',
		flags: ['--liftoff-only'],
	},
	{
		name: 'optimised',
		summary: 'every function optimised before its first call',
		flags: ['--no-liftoff', '--no-wasm-lazy-compilation'],
	},
	{
		name: 'small-address-space',
		summary: 'a kernel with 39-bit addresses: bounds are checked in code, not by the processor',
		flags: ['--disable-wasm-trap-handler'],
	},
];
