/**
 * What glue is given instead of the values by which it copies what a guest passes.
 *
 * A guest can name the same bytes many times over in one list; each copy of them is counted.
 */
import type { GlueGlobals } from './glue-script.ts';

export function meteredGlobals(charge: (bytes: number) => void): GlueGlobals {
	class MeteredDecoder extends TextDecoder {
		override decode(input?: ArrayBuffer | ArrayBufferView, options?: TextDecodeOptions): string {
			charge(input?.byteLength ?? 0);
			return super.decode(input as ArrayBuffer, options);
		}
	}
	// Called with `new`; what it returns is an ordinary array.
	function MeteredBytes(...values: [ArrayBuffer, number?, number?]): Uint8Array {
		const bytes = new Uint8Array(...values);
		charge(bytes.byteLength);
		return bytes;
	}
	MeteredBytes.prototype = Uint8Array.prototype;
	return { TextDecoder: MeteredDecoder, Uint8Array: MeteredBytes };
}
