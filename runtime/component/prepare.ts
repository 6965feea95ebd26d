/** Turns the verified bytes of a module into what a cell can start: checked, bounded, metered and compiled. */
import { Alike } from '../alike.ts';
import type { ForeignCode } from '../foreign/foreign-code.ts';
import type { GlueMaker } from '../foreign/glue.ts';
import { prepareForeign } from '../foreign/prepare-foreign.ts';
import { type BudgetCaps, capped } from '../module/budget.ts';
import { type Manifest, ManifestError, parseManifest } from '../module/manifest.ts';
import { type Digest, sha256 } from '../module/store-digest.ts';
import { checkSignatures } from './core-signatures.ts';
import { customSectionsOf, decodeComponent, type StringEncoding } from './decode.ts';
import { ComponentError } from './error.ts';
import { serviceSignatures } from './generated/service.ts';
import { obstacleOf } from './guest-state.ts';
import { compileCode, type MadeCodeSource, makeCode } from './made-code.ts';
import { checkLimits } from './module-limits.ts';
import { isOurWorld } from './our-world.ts';
import { type CodeStore, type KeptCode, ServiceCode } from './service-code.ts';

export interface PreparedComponent {
	readonly manifest: Manifest;
	/** Of the bytes that it was made of. */
	readonly digest: Digest;
	readonly module: WebAssembly.Module;
	readonly encoding: StringEncoding;
	/** protobufjs descriptor of the module's own messages, as JSON text; empty where it ships none. */
	readonly schema: string;
	/** Of a component that the direct linker links: where `module` comes from. */
	readonly code?: ServiceCode;
	/** Of a component that the direct linker cannot link; `module` is one of its core modules then. */
	readonly foreign?: ForeignCode;
}

export interface PrepareOptions {
	/** Bytes of component; default 8 MiB. */
	readonly largest?: number;
	/** Imported interface -> the capability that provides it; undefined as a value is for everyone. */
	readonly provided: ReadonlyMap<string, string | undefined>;
	/** What links components of other toolchains; where there is none, they are refused. */
	readonly glue?: GlueMaker;
	/** Where code is kept, so that not all of it has to stay in memory; without it, it does. */
	readonly code?: CodeStore;
	/** Where the code of some components was made before. */
	readonly made?: MadeCodeSource;
	/** Of the bytes, where who asks has just held them against it. */
	readonly digest?: Digest;
	/** What the box allows. A module that asks for more gets less, but one whose memory may grow further is refused. */
	readonly caps?: BudgetCaps;
}

const schemas = new Alike();
const budgets = new Alike();

/** @throws ComponentError, ManifestError */
export async function prepareComponent(
	binary: Uint8Array,
	{ largest = 8_388_608, provided, glue, code: store, made, digest: known, caps = {} }: PrepareOptions,
): Promise<PreparedComponent> {
	if (binary.length > largest)
		throw new ComponentError(
			'component-too-large',
			`${binary.length} bytes are more than the ${largest} allowed`,
		);
	const custom = customSectionsOf(binary);
	const asked = readManifest(custom.get('mullion:manifest'));
	const manifest = { ...asked, budget: budgets.of(capped(asked.budget, caps)) };
	const schema = schemas.of(new TextDecoder().decode(custom.get('mullion:schema')));
	const digest = known ?? (await sha256(binary));
	const { memoryPages } = manifest.budget;
	const found = await made?.(digest);
	// A box that grants another memory than the one that code was made for makes its own.
	const ready = found?.memoryPages === memoryPages ? found : undefined;
	if (ready === undefined && glue !== undefined && needsGlue(binary, provided)) {
		const foreign = await prepareForeign(binary, { manifest, glue, provided });
		const [module] = foreign.modules.values();
		if (module === undefined)
			throw new ComponentError('not-a-component', 'the component holds no core module');
		return { manifest, digest, module, encoding: 'utf8', schema, foreign };
	}
	const { core, encoding } = decodeComponent(binary);
	const bytes = ready?.bytes ?? (await makeCode(core, memoryPages));
	const module = await compileCode(bytes);
	checkMemory(module);
	checkDurability(module, manifest);
	checkImports(module, { manifest, provided });
	checkSignatures(core, serviceSignatures);
	const code = new ServiceCode(module, await keep(bytes, store));
	return new ServiceComponent({ manifest, digest, encoding, schema, code });
}

/** Of a component that the direct linker links: it has its module compiled when it is asked for. */
class ServiceComponent implements PreparedComponent {
	readonly manifest: Manifest;
	readonly digest: Digest;
	readonly encoding: StringEncoding;
	readonly schema: string;
	readonly code: ServiceCode;

	constructor({ manifest, digest, encoding, schema, code }: Omit<ServiceComponent, 'module'>) {
		this.manifest = manifest;
		this.digest = digest;
		this.encoding = encoding;
		this.schema = schema;
		this.code = code;
	}

	get module(): WebAssembly.Module {
		return this.code.module;
	}
}

/** The same with another manifest. */
export function withManifest(component: PreparedComponent, manifest: Manifest): PreparedComponent {
	return component instanceof ServiceComponent
		? new ServiceComponent({ ...component, manifest })
		: { ...component, manifest };
}

/** Where there is no room to keep it, it stays in memory. */
async function keep(bytes: Uint8Array, store: CodeStore | undefined): Promise<KeptCode | undefined> {
	if (store === undefined) return undefined;
	const key = await store.put(bytes).catch(() => undefined);
	return key === undefined ? undefined : { key, reader: store, store };
}

/**
 * False for one core module of our own world, with plain functions in and out, that imports from
 * nowhere but us. What is wrong with such a one is said by the checks of the direct linker.
 */
export function needsGlue(binary: Uint8Array, provided: PrepareOptions['provided']): boolean {
	try {
		const { core } = decodeComponent(binary);
		checkLimits(core);
		return !isOurWorld(core, provided) && WebAssembly.validate(new Uint8Array(core));
	} catch (error) {
		return error instanceof ComponentError && isOtherWorld(error);
	}
}

const otherWorld: readonly string[] = ['world-unknown', 'encoding-unsupported'];
const isOtherWorld = ({ code }: ComponentError): boolean => otherWorld.includes(code);

/** The manifest of a component without preparing the rest of it, e.g. to show or to push it. */
export function manifestOf(binary: Uint8Array): Manifest {
	return readManifest(customSectionsOf(binary).get('mullion:manifest'));
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

function checkMemory(module: WebAssembly.Module): void {
	if (!WebAssembly.Module.exports(module).some(({ name, kind }) => name === 'memory' && kind === 'memory'))
		throw new ComponentError('world-unknown', 'the module does not export the memory "memory"');
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
