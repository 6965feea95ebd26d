/**
 * Takes a component apart: its core module, its string encoding, and the custom sections.
 *
 * Only the outermost level is read (component-model Binary.md). Which import of the core module
 * means what is decided by its names alone, against what the box grants: nothing that the
 * component says about its own wiring is trusted or needed.
 */
import { Bytes, type Section, sectionsOf } from './bytes.ts';
import { ComponentError } from './error.ts';

export type StringEncoding = 'utf8' | 'utf16';

export interface DecodedComponent {
	/** The first core module: the service itself; later ones are the shims of the generic linker. */
	readonly core: Uint8Array;
	readonly encoding: StringEncoding;
	readonly custom: ReadonlyMap<string, Uint8Array>;
}

const preamble = [0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00];
const section = { custom: 0, coreModule: 1, canon: 8 } as const;

/** The custom sections of a component of any world. @throws ComponentError `not-a-component` */
export function customSectionsOf(binary: Uint8Array): Map<string, Uint8Array> {
	const custom = new Map<string, Uint8Array>();
	for (const { id, body } of componentSections(binary)) {
		if (id !== section.custom) continue;
		const bytes = new Bytes(body);
		const name = bytes.text();
		// Which of two manifests counts would be up to who reads it.
		if (custom.has(name) && name.startsWith('mullion:'))
			throw new ComponentError('not-a-component', `the section "${name}" is there twice`);
		custom.set(name, bytes.take(bytes.left));
	}
	return custom;
}

function componentSections(binary: Uint8Array): Generator<Section> {
	if (preamble.some((byte, at) => binary[at] !== byte))
		throw new ComponentError('not-a-component', 'the file does not begin as a WebAssembly component does');
	return sectionsOf(binary);
}

/** @throws ComponentError `not-a-component`, `encoding-unsupported`, `world-unknown` */
export function decodeComponent(binary: Uint8Array): DecodedComponent {
	const custom = customSectionsOf(binary);
	let core: Uint8Array | undefined;
	const encodings = new Set<StringEncoding>();
	for (const { id, body } of componentSections(binary)) {
		if (id === section.coreModule) core ??= body;
		else if (id === section.canon) readCanon(body, encodings);
	}
	if (core === undefined)
		throw new ComponentError('world-unknown', 'the component holds no core module of its own');
	if (encodings.size > 1)
		throw new ComponentError('encoding-unsupported', 'the component mixes string encodings');
	return { core, encoding: [...encodings][0] ?? 'utf8', custom };
}

/** Canonical definitions: only plain lifts and lowers occur in a service world. */
function readCanon(body: Uint8Array, encodings: Set<StringEncoding>): void {
	const bytes = new Bytes(body);
	for (let left = bytes.u32(); left > 0; left--) {
		const kind = bytes.byte();
		if (kind > 1 || bytes.byte() !== 0)
			throw new ComponentError(
				'world-unknown',
				'the component uses resources or async, which a service does not have',
			);
		bytes.u32();
		readOptions(bytes, encodings);
		if (kind === 0) bytes.u32();
	}
}

function readOptions(bytes: Bytes, encodings: Set<StringEncoding>): void {
	for (let left = bytes.u32(); left > 0; left--) {
		const option = bytes.byte();
		if (option === 0) encodings.add('utf8');
		else if (option === 1) encodings.add('utf16');
		else if (option === 2)
			throw new ComponentError('encoding-unsupported', 'the component passes strings as latin1+utf16');
		else if (option <= 5) bytes.u32();
		else throw new ComponentError('world-unknown', 'the component uses async, which a service does not have');
	}
}
