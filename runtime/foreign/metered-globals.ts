/**
 * What glue is given instead of the values by which it copies what a guest passes.
 *
 * A guest can name the same bytes many times over in one list; each copy of them is counted. Glue
 * itself would mend bytes that are not UTF-8 and drop a byte order mark; here as on the direct linker
 * a string is what the guest wrote, or the call ends (component-model CanonicalABI.md, loading strings).
 */
import type { GlueGlobals } from './glue-script.ts';

/** What an empty text or array costs the host by itself. */
const overheadBytes = 32;
/** As glue names it. */
const utf16 = 'utf-16';

export function meteredGlobals(charge: (bytes: number) => void): GlueGlobals {
	class MeteredDecoder extends TextDecoder {
		constructor(encoding?: string) {
			// Half of a surrogate pair is mended: languages of UTF-16 allow it in their strings.
			super(encoding, { fatal: encoding !== utf16, ignoreBOM: true });
		}

		override decode(input?: ArrayBuffer | ArrayBufferView, options?: TextDecodeOptions): string {
			charge(overheadBytes + (input?.byteLength ?? 0));
			return super.decode(input as ArrayBuffer, options);
		}
	}
	// Called with `new`; what it returns is an ordinary array. A view of a memory copies nothing.
	function MeteredBytes(buffer: ArrayBuffer, from?: number, length?: number): Uint8Array {
		if (from !== undefined) return new Uint8Array(buffer, from, length);
		const bytes = new Uint8Array(buffer);
		charge(overheadBytes + bytes.byteLength);
		return bytes;
	}
	Object.setPrototypeOf(MeteredBytes, Uint8Array);
	MeteredBytes.prototype = Uint8Array.prototype;
	return { TextDecoder: MeteredDecoder, Uint8Array: MeteredBytes };
}
