/** Written by `npm run generate` from bus/command.proto; do not edit. */
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noShadowRestrictedNames: the names are those of the contract
import { type Codec, codecsOf } from '../codec.ts';

export interface Variable {
	name: string;
	value: string;
}

export interface Settings {
	/** Without the name of the program, which comes first by itself. */
	arguments: string[];
	environment: Variable[];
	/** What it reads when it is run at its start; in a run for a message it reads the message. */
	stdin: Uint8Array;
}

const codec = codecsOf('{"nested":{"mullion":{"nested":{"command":{"nested":{"Settings":{"fields":{"arguments":{"rule":"repeated","type":"string","id":1},"environment":{"rule":"repeated","type":"Variable","id":2},"stdin":{"type":"bytes","id":3}}},"Variable":{"fields":{"name":{"type":"string","id":1},"value":{"type":"string","id":2}}}}}}}}}');

export const Variable: Codec<Variable> = codec('mullion.command.Variable');
export const Settings: Codec<Settings> = codec('mullion.command.Settings');
