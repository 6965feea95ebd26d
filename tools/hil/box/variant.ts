/** Modules made out of a built one by changing what its author would have written. */
import { sectionsOf } from '../../../runtime/component/bytes.ts';
import { decodeComponent } from '../../../runtime/component/decode.ts';
import { appendSections } from '../../build/section.ts';

export type Json = Readonly<Record<string, unknown>>;

const manifestName = 'mullion:manifest';
const preambleBytes = 8;

/** The same component under another manifest. */
export function withManifest(component: Uint8Array, change: (manifest: Json) => Json): Uint8Array {
	const text = decodeComponent(component).custom.get(manifestName);
	const manifest = JSON.parse(new TextDecoder().decode(text)) as Json;
	return withManifestText(component, JSON.stringify(change(manifest)));
}

/** The same component with this text where its manifest was. */
export function withManifestText(component: Uint8Array, text: string): Uint8Array {
	const section = new Map([[manifestName, new TextEncoder().encode(text)]]);
	return appendSections(withoutManifest(component), section);
}

export function withoutManifest(component: Uint8Array): Uint8Array {
	const kept: Uint8Array[] = [component.subarray(0, preambleBytes)];
	let at = preambleBytes;
	for (const { id, body } of sectionsOf(component)) {
		const end = body.byteOffset - component.byteOffset + body.length;
		const name = new TextDecoder().decode(body.subarray(1, 1 + manifestName.length));
		if (id !== 0 || name !== manifestName) kept.push(component.subarray(at, end));
		at = end;
	}
	return new Uint8Array(Buffer.concat(kept));
}
