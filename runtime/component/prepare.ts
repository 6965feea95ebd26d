/** Turns the verified bytes of a module into what a cell can start: checked, bounded, metered and compiled. */
import { type BudgetCaps, capped } from '../module/budget.ts';
import { type Manifest, ManifestError, parseManifest } from '../module/manifest.ts';
import { type Digest, sha256 } from '../module/store-digest.ts';
import { Bytes, sectionsOf } from './bytes.ts';
import { decodeComponent, type StringEncoding } from './decode.ts';
import { ComponentError } from './error.ts';
import { obstacleOf } from './guest-state.ts';
import { instrument } from './instrument/instrument.ts';

export interface PreparedComponent {
	readonly manifest: Manifest;
	/** Of the bytes that it was made of. */
	readonly digest: Digest;
	readonly module: WebAssembly.Module;
	readonly encoding: StringEncoding;
	/** protobufjs descriptor of the module's own messages, as JSON text; empty where it ships none. */
	readonly schema: string;
}

export interface PrepareOptions {
	/** Bytes of component; default 8 MiB. */
	readonly largest?: number;
	/** Imported interface -> the capability that provides it; undefined as a value is for everyone. */
	readonly provided: ReadonlyMap<string, string | undefined>;
	/** What the box allows. A module that asks for more gets less, but one whose memory may grow further is refused. */
	readonly caps?: BudgetCaps;
}

export const guestInterface = 'mullion:service/guest@0.1.0';

const requiredExports: readonly (readonly [string, WebAssembly.ImportExportKind])[] = [
	['memory', 'memory'],
	['cabi_realloc', 'function'],
	[`${guestInterface}#start`, 'function'],
	[`${guestInterface}#turn`, 'function'],
];

/** @throws ComponentError, ManifestError */
export async function prepareComponent(
	binary: Uint8Array,
	{ largest = 8_388_608, provided, caps = {} }: PrepareOptions,
): Promise<PreparedComponent> {
	if (binary.length > largest)
		throw new ComponentError(
			'component-too-large',
			`${binary.length} bytes are more than the ${largest} allowed`,
		);
	const { core, encoding, custom } = decodeComponent(binary);
	const asked = readManifest(custom.get('mullion:manifest'));
	const manifest = { ...asked, budget: capped(asked.budget, caps) };
	boundMemory(core, manifest.budget.memoryPages);
	const module = await compile(core);
	checkExports(module);
	checkDurability(module, manifest);
	checkImports(module, { manifest, provided });
	const digest = await sha256(binary);
	return {
		manifest,
		digest,
		module,
		encoding,
		schema: new TextDecoder().decode(custom.get('mullion:schema')),
	};
}

/** The manifest of a component without preparing the rest of it, e.g. to show or to push it. */
export function manifestOf(binary: Uint8Array): Manifest {
	return readManifest(decodeComponent(binary).custom.get('mullion:manifest'));
}

function readManifest(section: Uint8Array | undefined): Manifest {
	if (section === undefined) throw new ManifestError('bad-manifest', 'the component carries no manifest');
	let json: unknown;
	try {
		json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(section));
	} catch (cause) {
		throw new ManifestError('bad-manifest', 'the manifest of the component is not JSON', { cause });
	}
	return parseManifest(json);
}

/** What runs is the module with its checks; what it was must be valid by itself, or it could name their global. */
async function compile(core: Uint8Array): Promise<WebAssembly.Module> {
	const bytes = new Uint8Array(core);
	try {
		if (!WebAssembly.validate(bytes)) return await WebAssembly.compile(bytes);
		return await WebAssembly.compile(instrument(bytes));
	} catch (cause) {
		if (cause instanceof ComponentError) throw cause;
		throw new ComponentError('not-a-component', `the core module is not valid: ${(cause as Error).message}`, {
			cause,
		});
	}
}

const memorySection = 5;

/** Every memory reserves address space and may grow: without a maximum one module could take the box. */
function boundMemory(core: Uint8Array, mostPages: number): void {
	for (const { id, body } of sectionsOf(core)) {
		if (id !== memorySection) continue;
		const bytes = new Bytes(body);
		const count = bytes.u32();
		if (count !== 1)
			throw new ComponentError('memory-unbounded', `the module has ${count} memories instead of one`);
		const flags = bytes.byte();
		if (flags !== 1)
			throw new ComponentError(
				'memory-unbounded',
				'the memory must be 32-bit, unshared and declare a maximum',
			);
		bytes.u32();
		const maximum = bytes.u32();
		if (maximum > mostPages)
			throw new ComponentError(
				'memory-unbounded',
				`the memory may grow to ${maximum} pages; its manifest and this box allow ${mostPages}`,
			);
		return;
	}
	throw new ComponentError('world-unknown', 'the module has no memory of its own');
}

function checkExports(module: WebAssembly.Module): void {
	const exported = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
	for (const [name, kind] of requiredExports) {
		if (exported.get(name) !== kind)
			throw new ComponentError('world-unknown', `the module does not export the ${kind} "${name}"`);
	}
}

function checkDurability(module: WebAssembly.Module, { durability }: Manifest): void {
	const obstacle = durability.mode === 'none' ? undefined : obstacleOf(module);
	if (obstacle !== undefined)
		throw new ManifestError(
			'bad-manifest',
			`manifest.durability.mode is "${durability.mode}", but the state cannot be taken out: ${obstacle}`,
		);
}

function checkImports(
	module: WebAssembly.Module,
	{ manifest, provided }: { manifest: Manifest; provided: PrepareOptions['provided'] },
): void {
	for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
		const what = `the ${kind} "${name}" of "${from}"`;
		if (kind !== 'function' || !provided.has(from))
			throw new ComponentError(
				'import-unknown',
				`the component imports ${what}, which this box does not have`,
			);
		const capability = provided.get(from);
		if (capability !== undefined && !Object.hasOwn(manifest.capabilities, capability))
			throw new ComponentError(
				'import-not-granted',
				`the component imports ${what}, but its manifest does not ask for the capability "${capability}"`,
			);
	}
}
