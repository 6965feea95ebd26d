/** Written by `npm run generate` from bus/button.proto; do not edit. */
// biome-ignore-all format: generated
// biome-ignore-all lint/suspicious/noShadowRestrictedNames: the names are those of the contract
import { type Codec, codecsOf } from '../codec.ts';

export interface Button {
	/** `power`, `restart`, `wps`, or `key-` and the number that Linux has for it. */
	name: string;
	/** False once it is let go. */
	isPressed: boolean;
}

const codec = codecsOf('{"nested":{"mullion":{"nested":{"button":{"nested":{"Button":{"fields":{"name":{"type":"string","id":1},"isPressed":{"type":"bool","id":2,"protoName":"is_pressed"}}}}}}}}}');

export const Button: Codec<Button> = codec('mullion.button.Button');
